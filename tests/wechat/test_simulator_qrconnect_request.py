"""What is found wrong with a request for ``/connect/qrconnect``, and what comes back from it."""

import re

import pytest

from bridge.wechat.simulator import PEOPLE, SimulatedApplication, Simulator
from tests.wechat.in_wechat import ANDROID, WINDOWS
from tests.wechat.simulated_wechat import APPID, OFFICIAL_ACCOUNT, OTHER_APPID, ServedWeChat

pytestmark = pytest.mark.anyio


REFUSED = [
    ({"appid": None}, "10012", "该链接无法访问"),
    ({"appid": "wx0000000000000000"}, "appid", "该链接无法访问"),
    ({"redirect_uri": None}, "10011", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://evil.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com:8443/callback"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://www.id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com.evil.org/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com@evil.org/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://evil.org\\@id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://[id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "javascript://id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com/\r\nx: y"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "/callback/wechat"}, "10003", "redirect_uri 参数错误"),
    ({"response_type": "token"}, "response_type", "response_type 参数错误"),
    ({"scope": None}, "10010", "Scope 参数错误或没有 Scope 权限"),
    ({"scope": "snsapi_userinfo"}, "10005", "Scope 参数错误或没有 Scope 权限"),
    ({"scope": "snsapi_login,snsapi_base"}, "10005", "Scope 参数错误或没有 Scope 权限"),
    # What is not a website has no such scope, wherever it would like to go.
    (
        {"appid": OFFICIAL_ACCOUNT, "redirect_uri": "https://evil.example.com/"},
        "10005",
        "Scope 参数错误或没有 Scope 权限",
    ),
    ({"appid": OFFICIAL_ACCOUNT}, "10005", "Scope 参数错误或没有 Scope 权限"),
]


@pytest.mark.parametrize(("changed", "code", "title"), REFUSED)
async def test_an_unusable_request_ends_on_a_page_and_is_judged_again_when_answered(
    wechat: ServedWeChat, changed: dict[str, str | None], code: str, title: str
) -> None:
    for answer in (await wechat.page(**changed), await wechat.answer(**changed)):
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert f'<span id="error">{code}</span>' in answer.text
        assert f"<h1>{title}</h1>" in answer.text


async def test_problems_are_told_in_english_too(wechat: ServedWeChat) -> None:
    page = (await wechat.page(appid="wx1", lang="en")).text
    assert "This link cannot be accessed" in page
    assert "AppID error" in page


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://ID.example.com/callback/wechat",
        "http://id.example.com/",
        "https://id.example.com:443/callback",
    ],
)
async def test_of_the_redirect_uri_only_the_host_is_compared(
    wechat: ServedWeChat, redirect_uri: str
) -> None:
    answered = await wechat.answer(redirect_uri=redirect_uri)
    assert answered.headers["location"].startswith(f"{redirect_uri}?code=")


async def test_localhost_is_met_on_every_port(wechat: ServedWeChat) -> None:
    wechat.simulator.applications.change(APPID, callback_domain="localhost")
    for uri in ("http://localhost:8000/callback", "http://localhost/callback"):
        assert (await wechat.answer(redirect_uri=uri)).status_code == 302
    assert "location" not in (await wechat.answer(redirect_uri="http://127.0.0.1/")).headers


async def test_an_application_without_a_callback_domain_may_use_any_host(
    wechat: ServedWeChat,
) -> None:
    answered = await wechat.answer(appid=OTHER_APPID, redirect_uri="http://localhost:8000/cb")
    assert answered.headers["location"].startswith("http://localhost:8000/cb?code=")


@pytest.mark.parametrize(
    ("path", "sent_to"),
    [
        ("/cb?a=1&b=%E4%B8%AD%2B", "/cb?a=1&b=%E4%B8%AD%2B&code=CODE&state=Az09"),
        ("/cb?", "/cb?&code=CODE&state=Az09"),
        ("/cb#/login", "/cb#/login?code=CODE&state=Az09"),
        ("/cb?a=1#top", "/cb?a=1#top&code=CODE&state=Az09"),
        ("", "?code=CODE&state=Az09"),
    ],
)
async def test_code_and_state_are_appended_as_the_script_of_the_page_does(
    wechat: ServedWeChat, path: str, sent_to: str
) -> None:
    """Without an eye for fragments."""
    answered = await wechat.answer(redirect_uri=f"https://id.example.com{path}")
    location = answered.headers["location"]
    code = re.findall("code=([a-zA-Z0-9]{32})", location)[0]
    assert location == f"https://id.example.com{sent_to}".replace("CODE", code)


@pytest.mark.parametrize("state", ["aZ09" * 100, "a-b_c.d~e", "MTIz+/==", "x%2By", "a:b;c"])
async def test_a_state_of_any_length_comes_back_unchanged(wechat: ServedWeChat, state: str) -> None:
    """Longer than the other page takes, and with other characters."""
    assert (await wechat.answer(state=state)).headers["location"].endswith(f"&state={state}")


async def test_what_cannot_stand_in_an_address_is_escaped_in_the_state(
    wechat: ServedWeChat,
) -> None:
    answered = await wechat.answer(state='中 &#\n"')
    assert answered.headers["location"].endswith("&state=%E4%B8%AD%20%26%23%0A%22")


async def test_the_order_of_the_parameters_does_not_matter_and_response_type_may_be_missing(
    wechat: ServedWeChat,
) -> None:
    wechat.asked = dict(reversed(wechat.asked.items()))
    assert 'id="approve"' in (await wechat.page()).text
    assert (await wechat.answer(response_type=None)).status_code == 302


async def test_within_wechat_the_order_matters_here_too(wechat: ServedWeChat) -> None:
    """Https://github.com/ik0r/passport-weixin/issues/6."""
    wechat.browser.headers["user-agent"] = ANDROID
    assert 'id="approve"' in (await wechat.page()).text
    wechat.asked = {"scope": "snsapi_login"} | wechat.asked
    assert '<span id="error">order</span>' in (await wechat.page()).text
    assert 'id="approve"' in (await wechat.page(login_type="jssdk")).text
    wechat.browser.headers["user-agent"] = WINDOWS
    assert (await wechat.page()).text == ""


async def test_a_request_without_a_state_is_answered_with_an_empty_one(
    wechat: ServedWeChat,
) -> None:
    assert (await wechat.answer(state=None)).headers["location"].endswith("&state=")


async def test_an_oversized_form_is_refused(wechat: ServedWeChat) -> None:
    assert (await wechat.answer("x" * 70_000)).status_code == 413


async def test_a_form_that_is_not_utf_8_is_refused(wechat: ServedWeChat) -> None:
    answered = await wechat.browser.post(
        "/connect/qrconnect", params=wechat.asked, content=b"answer=\xff"
    )
    assert answered.status_code == 400


def test_an_application_that_cannot_be_is_refused() -> None:
    for appid, secret, domain in (("", "s", None), ("wx1", "", None), ("wx1", "s", "https://a")):
        with pytest.raises(ValueError, match=r"needs an appid|host name"):
            SimulatedApplication(appid, secret, domain)


def test_an_appid_or_a_person_is_given_once() -> None:
    application = SimulatedApplication("wx1", "s")
    with pytest.raises(ValueError, match="appid wx1 is given twice"):
        Simulator([application, application], now=int, new_id=str)
    with pytest.raises(ValueError, match="person zhang-wei is given twice"):
        Simulator([application], now=int, new_id=str, people=[PEOPLE[0], PEOPLE[0]])


async def test_a_banned_application_gets_no_code(wechat: ServedWeChat) -> None:
    wechat.simulator.applications.change(APPID, banned=True)
    assert '<span id="error">10004</span>' in (await wechat.page()).text


async def test_a_website_that_was_not_granted_wechat_login_has_no_scope(
    wechat: ServedWeChat,
) -> None:
    wechat.simulator.applications.change(APPID, scopes=frozenset())
    assert '<span id="error">10005</span>' in (await wechat.page()).text
