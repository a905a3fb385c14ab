import pytest

from bridge.pages import choose_language


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("fr", "en"),
        ("en", "en"),
        ("en-GB", "en"),
        ("zh", "zh-CN"),
        ("ZH-cn", "zh-CN"),
        ("zh-Hant-TW", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.4, zh;q=0.5", "zh-CN"),
        ("en ; q=0.5 , zh ; q=0.500", "en"),
        ("fr, de;q=0.9, zh;q=0.1", "zh-CN"),
        ("zh;Q=1.000, en", "zh-CN"),
    ],
)
def test_the_language_is_the_browsers_most_wanted_that_is_spoken(
    accept_language: str | None, language: str
) -> None:
    """RFC 9110 §12.5.4."""
    assert choose_language(accept_language) == language


@pytest.mark.parametrize("header", ["zh;q=0", "zh;q=0.000, fr"])
def test_a_weight_of_zero_means_not_acceptable(header: str) -> None:
    """RFC 9110 §12.4.2."""
    assert choose_language(header) == "en"


@pytest.mark.parametrize(
    "header", ["zh;q=2", "zh;q=0.5555", "zh;q=", "zh;level=1", "zh--", "zhhhhhhhhh", ";q=1", "中文"]
)
def test_a_malformed_language_range_is_passed_over(header: str) -> None:
    assert choose_language(header) == "en"
    assert choose_language(f"{header}, zh;q=0.1") == "zh-CN"


@pytest.mark.parametrize(
    ("ui_locales", "language"),
    [("zh-CN", "zh-CN"), ("fr zh-HK en", "zh-CN"), ("en-US", "en"), ("fr", "en"), ("", "en")],
)
def test_the_clients_wish_goes_before_the_browsers(ui_locales: str, language: str) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: ui_locales, in order of preference."""
    accept_language = "en, zh;q=0.5" if language == "en" else "en"
    assert choose_language(accept_language, ui_locales) == language
    assert choose_language("zh-CN", "en") == "en"
