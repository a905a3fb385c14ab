"""The page in a frame, as wxLogin.js asks for it.

https://developers.weixin.qq.com/doc/knowledge/2e076284689c6bcd.md
"""

import pytest

from tests.wechat.simulated_wechat import Form, ServedWeChat

pytestmark = pytest.mark.anyio

STYLESHEET = "data:text/css;base64,LmltcG93ZXJCb3gge30="


@pytest.fixture
def framed(wechat: ServedWeChat) -> ServedWeChat:
    """The script sends no response_type, and has an order of its own."""
    wechat.asked = {
        name: wechat.asked[name] for name in ("appid", "scope", "redirect_uri", "state")
    } | {"login_type": "jssdk", "styletype": "", "sizetype": "", "bgcolor": "", "rst": ""}
    return wechat


async def test_the_frame_has_no_surroundings_and_the_classes_that_websites_style(
    framed: ServedWeChat,
) -> None:
    page = (await framed.page()).text
    assert "<header>" not in page
    for name in ("impowerBox", "title", "qrcode", "info", "status"):
        assert f'class="{name}' in page
    assert 'href="static/frame.css"' in page
    assert "模拟环境" in page
    file = await framed.browser.get("/connect/static/frame.css")
    assert file.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("self_redirect", [None, "false", "default", "other"])
async def test_the_window_around_goes_on_with_the_answer(
    framed: ServedWeChat, self_redirect: str | None
) -> None:
    form = Form((await framed.page(self_redirect=self_redirect)).text)
    assert form.ids["approve"]["formtarget"] == "_top"
    assert "formtarget" not in form.ids["deny"]
    assert (await framed.answer(self_redirect=self_redirect)).status_code == 302


async def test_the_frame_goes_on_by_itself_if_it_is_told_to(framed: ServedWeChat) -> None:
    form = Form((await framed.page(self_redirect="true")).text)
    assert "formtarget" not in form.ids["approve"]


async def test_a_page_of_its_own_stays_in_its_window(wechat: ServedWeChat) -> None:
    form = Form((await wechat.page(self_redirect="false")).text)
    assert "formtarget" not in form.ids["approve"]


async def test_a_refusal_stays_in_the_frame_unless_the_application_is_told(
    framed: ServedWeChat,
) -> None:
    refused = await framed.answer("zhang-wei", "deny")
    assert "<header>" not in refused.text
    assert 'class="impowerBox' in refused.text
    framed.simulator.behaviour.change(denial="authdeny")
    form = Form((await framed.page()).text)
    assert form.ids["deny"]["formtarget"] == "_top"


async def test_a_code_that_has_expired_stays_in_the_frame(framed: ServedWeChat) -> None:
    assert "<header>" not in (await framed.send(answer="approve", uuid="x")).text


async def test_the_style_is_that_of_the_website(framed: ServedWeChat) -> None:
    assert 'class="impowerBox"' in (await framed.page(style="black")).text
    assert 'class="impowerBox white"' in (await framed.page(style="white")).text
    assert 'class="impowerBox lite"' in (await framed.page(stylelite="1")).text


@pytest.mark.parametrize(
    ("color_scheme", "used"),
    [(None, "light"), ("light", "light"), ("dark", "dark"), ("auto", "auto"), ("x", "light")],
)
async def test_the_colours_are_light_unless_the_website_says_otherwise(
    framed: ServedWeChat, color_scheme: str | None, used: str
) -> None:
    assert f'class="{used}"' in (await framed.page(color_scheme=color_scheme)).text


@pytest.mark.parametrize("href", [STYLESHEET, "https://id.example.com/wechat.css"])
async def test_a_stylesheet_of_the_website_is_used_except_in_the_lite_style(
    framed: ServedWeChat, href: str
) -> None:
    page = await framed.page(href=href)
    assert f'<link rel="stylesheet" href="{href}">' in page.text
    assert "style-src 'self' data: http: https:;" in page.headers["content-security-policy"]
    lite = await framed.page(href=href, stylelite="1")
    assert href not in lite.text
    assert "https:" not in lite.headers["content-security-policy"]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "/wechat.css", "https://[", "data:text/css"]
)
async def test_what_is_no_stylesheet_is_left_out(framed: ServedWeChat, href: str) -> None:
    page = await framed.page(href=href)
    assert page.text.count("stylesheet") == 1


async def test_the_frame_speaks_english_and_offers_the_fast_login_too(
    framed: ServedWeChat,
) -> None:
    assert "Scan the QR code" in (await framed.page(lang="en")).text
    framed.simulator.behaviour.change(fast_login=True)
    page = (await framed.page()).text
    assert 'id="by-code"' in page
    assert "<header>" not in page
