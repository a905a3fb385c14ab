"""The fast login (快速登录): WeChat for Windows or Mac runs beside the browser.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""

from urllib.parse import urljoin

import httpx
import pytest

from tests.wechat.in_wechat import ANDROID
from tests.wechat.simulated_wechat import Form, ServedWeChat

pytestmark = pytest.mark.anyio


@pytest.fixture
def fast(wechat: ServedWeChat) -> ServedWeChat:
    wechat.simulator.behaviour.change(fast_login=True, person="family")
    return wechat


async def by_fast_login(wechat: ServedWeChat, page: httpx.Response) -> httpx.Response:
    form = Form(page.text)
    return await wechat.browser.post(
        urljoin(str(page.url), form.form["action"]),
        data=form.hidden | {"person": form.selected[0], "answer": "approve"},
    )


async def test_the_page_first_offers_the_account_of_the_client_on_this_computer(
    fast: ServedWeChat,
) -> None:
    page = await fast.page()
    assert "<img" not in page.text
    assert Form(page.text).selected == ["family"]
    answered = await by_fast_login(fast, page)
    location = answered.headers["location"]
    assert location.startswith("https://id.example.com/callback/wechat?code=")
    assert location.endswith("&state=Az09")


async def test_another_account_or_the_code_may_be_chosen_instead(fast: ServedWeChat) -> None:
    page = await fast.page()
    assert (await fast.send(by="fast_login", answer="approve", person="null")).status_code == 302
    by_code = await fast.browser.get(urljoin(str(page.url), Form(page.text).ids["by-code"]["href"]))
    assert 'class="qrcode"' in by_code.text
    assert "uuid" in Form(by_code.text).hidden


async def test_a_fast_login_can_be_refused(fast: ServedWeChat) -> None:
    assert 'id="denied"' in (await fast.send(by="fast_login", answer="deny")).text


async def test_the_website_may_do_without_it_and_phones_have_none(fast: ServedWeChat) -> None:
    assert 'class="qrcode"' in (await fast.page(login_type="jssdk", fast_login="0")).text
    fast.browser.headers["user-agent"] = ANDROID
    assert 'class="qrcode"' in (await fast.page()).text


@pytest.mark.parametrize(
    ("path", "sent_to"),
    [("/#/login", "/?code=CODE&state=Az09#/login"), ("/?a#b", "/?a&code=CODE&state=Az09#b")],
)
async def test_it_puts_the_code_before_the_fragment_where_the_code_puts_it_behind(
    fast: ServedWeChat, path: str, sent_to: str
) -> None:
    """Https://developers.weixin.qq.com/community/personal/oCJUswy-jWKgZ4EzDjAljdyxBX8k/follow."""
    fast.asked["redirect_uri"] = f"https://id.example.com{path}"
    answered = await by_fast_login(fast, await fast.page())
    location = answered.headers["location"]
    code = location.partition("code=")[2][:32]
    assert location == f"https://id.example.com{sent_to}".replace("CODE", code)
    scanned = await fast.answer()
    assert "#" in scanned.headers["location"].partition("code=")[0]
