import pytest

from bridge.endpoints.upstream import LANG
from bridge.pages import LANGUAGES, choose_language


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
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.4, zh;q=0.5", "zh-CN"),
        ("en ; q=0.5 , zh ; q=0.500", "en"),
        ("fr, de;q=0.9, zh;q=0.1", "zh-CN"),
        ("zh;Q=1.000, en", "zh-CN"),
        ("ja,en-US;q=0.9,en;q=0.8", "ja"),
        ("ja-JP-u-ca-japanese", "ja"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("KO-Kore-KR", "ko"),
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-TW"),
        ("zh-HK,zh;q=0.9,en-GB;q=0.8", "zh-TW"),
        ("fr, zh-CN;q=0.4, zh-TW;q=0.5", "zh-TW"),
    ],
)
def test_the_language_is_the_browsers_most_wanted_that_is_spoken(
    accept_language: str | None, language: str
) -> None:
    """RFC 9110 §12.5.4."""
    assert choose_language(accept_language) == language


@pytest.mark.parametrize("tag", ["zh-TW", "zh-HK", "zh-MO", "zh-Hant", "ZH-HANT-CN", "zh-hant-sg"])
def test_who_reads_traditional_characters_is_given_them(tag: str) -> None:
    assert choose_language(tag) == choose_language("en", tag) == "zh-TW"


@pytest.mark.parametrize("tag", ["yue", "yue-HK", "zh-yue", "zh-yue-Hant-HK", "zh-cmn-Hant-TW"])
def test_cantonese_and_mandarin_are_chinese_by_either_form_of_their_tags(tag: str) -> None:
    """RFC 5646 §4.1.2: yue and zh-yue are one."""
    assert choose_language(tag) == "zh-TW"


@pytest.mark.parametrize(
    "tag",
    ["zh", "zh-CN", "zh-SG", "zh-MY", "zh-Hans", "zh-Hans-HK", "cmn-CN", "zh-cmn", "yue-Hans-CN"],
)
def test_all_other_chinese_is_simplified(tag: str) -> None:
    """A script that is named goes before the region (RFC 5646 §2.2.3)."""
    assert choose_language(tag) == "zh-CN"


@pytest.mark.parametrize("tag", ["zh-CN-x-tw", "zh-u-tw", "zh-a-hant"])
def test_what_follows_a_singleton_says_nothing_about_script_or_region(tag: str) -> None:
    """RFC 5646 §2.2.6, §2.2.7."""
    assert choose_language(tag) == "zh-CN"


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
    [
        ("zh-CN", "zh-CN"),
        ("fr zh-HK en", "zh-TW"),
        ("se ja-JP ko", "ja"),
        ("ko", "ko"),
        ("en-US", "en"),
        ("fr", "en"),
        ("", "en"),
        ("-", "en"),
    ],
)
def test_the_clients_wish_goes_before_the_browsers(ui_locales: str, language: str) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: ui_locales, in order of preference."""
    accept_language = "en, zh;q=0.5" if language == "en" else "en"
    assert choose_language(accept_language, ui_locales) == language
    assert choose_language("zh-CN", "en") == "en"


def test_wechat_is_asked_in_one_of_its_three_languages_whichever_the_page_is_in() -> None:
    """As of 2026-11, parameter ``lang`` of /sns/userinfo."""
    assert LANG.keys() == set(LANGUAGES)
    assert {"zh_CN", "zh_TW", "en"} == set(LANG.values())
    assert all(LANG[language] == "en" for language in LANGUAGES if not language.startswith("zh"))
