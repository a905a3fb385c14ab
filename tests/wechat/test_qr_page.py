from urllib.parse import parse_qsl, urlsplit

import pytest

from bridge.wechat.qr_page import framed, in_language

URL = (
    "https://open.weixin.qq.com/connect/qrconnect?appid=wx0123456789abcdef"
    "&redirect_uri=https%3A%2F%2Fid.example%2Fcallback%2Fwechat&response_type=code"
    "&scope=snsapi_login&state=0a1b2c#wechat_redirect"
)
ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]


def names(url: str) -> list[str]:
    return [name for name, _ in parse_qsl(urlsplit(url).query, strict_parsing=True)]


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW"])
def test_in_chinese_the_page_is_asked_for_as_it_is(language: str) -> None:
    assert in_language(URL, language) == URL


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_in_all_other_languages_the_page_is_asked_for_in_english(language: str) -> None:
    assert in_language(URL, language) == URL.replace("#", "&lang=en#")


def test_in_a_frame_the_window_goes_on_and_not_the_frame() -> None:
    sent = dict(parse_qsl(urlsplit(framed(URL)).query))
    assert sent["login_type"] == "jssdk"
    assert sent["self_redirect"] == "false"
    assert sent["stylelite"] == "1"
    assert sent["color_scheme"] == "light"


def test_what_has_an_order_keeps_it_and_the_fragment_stays_at_the_end() -> None:
    url = framed(in_language(URL, "en"))
    assert names(url)[: len(ORDER)] == ORDER
    assert "lang" in names(url)
    assert len(names(url)) == len(set(names(url)))
    assert url.endswith("#wechat_redirect")
    assert url.startswith(URL.removesuffix("#wechat_redirect"))
