"""What is found wrong with a request for ``/connect/oauth2/authorize``.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

import pytest

from tests.wechat.in_wechat import ANDROID, MAC, WINDOWS, InWeChat
from tests.wechat.simulated_wechat import APPID, OFFICIAL_ACCOUNT

pytestmark = pytest.mark.anyio


# The order


@pytest.mark.parametrize("moved", ["appid", "redirect_uri", "response_type", "scope"])
async def test_in_another_order_the_page_does_not_open_and_on_a_computer_it_is_blank(
    within: InWeChat, moved: str
) -> None:
    within.asked[moved] = within.asked.pop(moved)
    for answer in (await within.open(), await within.answer()):
        assert '<span id="error">order</span>' in answer.text
    for within.user_agent in (MAC, WINDOWS):
        assert (await within.open()).text == ""
    within.behaviour.change(phones_take_any_order=True)
    assert (await within.open()).text == ""
    within.user_agent = ANDROID
    assert 'id="approve"' in (await within.open()).text


async def test_what_is_not_in_the_table_of_parameters_comes_last(within: InWeChat) -> None:
    assert 'id="approve"' in (await within.open(forcePopup="true", connect_redirect="1")).text
    within.asked = {"forcePopup": "true"} | within.asked
    assert '<span id="error">order</span>' in (await within.open()).text


async def test_a_parameter_that_comes_twice_is_out_of_order(within: InWeChat) -> None:
    page = await within.open_query(f"{within.query()}&state=b")
    assert '<span id="error">order</span>' in page.text


# Errors, with the numbers of the manual's table

ERRORS: list[tuple[dict[str, str | None], str, str]] = [
    ({"redirect_uri": "https://evil.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://www.id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com:8443/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com:x/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com@evil.org/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "javascript://id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"scope": "snsapi_login"}, "10005", "此公众号并没有这些scope的权限"),
    ({"scope": "snsapi_base,snsapi_userinfo"}, "10005", "此公众号并没有这些scope的权限"),
    ({"scope": ""}, "10010", "scope不能为空"),
    ({"scope": None}, "10010", "scope不能为空"),
    ({"redirect_uri": ""}, "10011", "redirect_uri不能为空"),
    ({"redirect_uri": None}, "10011", "redirect_uri不能为空"),
    ({"appid": ""}, "10012", "appid不能为空"),
    ({"appid": None}, "10012", "appid不能为空"),
    ({"state": ""}, "10013", "state不能为空"),
    ({"appid": APPID}, "10016", "不支持微信开放平台的Appid，请使用公众号Appid"),  # noqa: RUF001
    ({"appid": "wx0000000000000000"}, "appid", "该链接无法访问"),
    ({"component_appid": "wx1"}, "10015", "公众号未授权第三方平台，请检查授权状态"),  # noqa: RUF001
    ({"response_type": None}, "response_type", "response_type 参数错误"),
    ({"response_type": "token"}, "response_type", "response_type 参数错误"),
    ({"state": "a" * 129}, "state", "state 参数过长"),
    ({"state": "中" * 43}, "state", "state 参数过长"),
    ({"state": "a-b"}, "state", "state 参数错误"),
    ({"state": "a\n"}, "state", "state 参数错误"),
]


@pytest.mark.parametrize(("changed", "code", "title"), ERRORS)
async def test_an_unusable_request_ends_on_a_page_and_is_judged_again_when_answered(
    within: InWeChat, changed: dict[str, str | None], code: str, title: str
) -> None:
    for answer in (await within.open(**changed), await within.answer(**changed)):
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert f'<span id="error">{code}</span>' in answer.text
        assert f"<h1>{title}</h1>" in answer.text


async def test_a_banned_account_and_too_many_visits_end_on_a_page(within: InWeChat) -> None:
    within.behaviour.change(too_frequent=True)
    assert '<span id="error">10009</span>' in (await within.open()).text
    within.wechat.simulator.applications.change(OFFICIAL_ACCOUNT, banned=True)
    assert '<span id="error">10004</span>' in (await within.open()).text


async def test_an_account_may_have_one_scope_alone(within: InWeChat) -> None:
    granted = frozenset({"snsapi_base"})
    within.wechat.simulator.applications.change(OFFICIAL_ACCOUNT, scopes=granted)
    assert '<span id="error">10005</span>' in (await within.open()).text
    assert (await within.open(scope="snsapi_base")).status_code == 302


async def test_a_third_party_platform_acts_for_the_accounts_that_let_it(within: InWeChat) -> None:
    platforms = frozenset({"wx1"})
    within.wechat.simulator.applications.change(OFFICIAL_ACCOUNT, component_appids=platforms)
    assert 'id="approve"' in (await within.open(component_appid="wx1")).text
    assert '<span id="error">10015</span>' in (await within.open(component_appid="wx2")).text


async def test_a_state_of_128_letters_comes_back_and_one_may_be_left_out(
    within: InWeChat,
) -> None:
    answered = await within.answer(state="aZ09" * 32)
    assert answered.headers["location"].endswith(f"&state={'aZ09' * 32}")
    assert (await within.answer(state=None)).headers["location"].endswith("&state=")


async def test_the_domain_of_an_account_may_have_a_path(within: InWeChat) -> None:
    applications = within.wechat.simulator.applications
    applications.change(OFFICIAL_ACCOUNT, callback_domain="id.example.com/callback")
    assert 'id="approve"' in (await within.open()).text
    for path in ("", "/", "/callbacks", "/other/callback"):
        page = await within.open(redirect_uri=f"https://id.example.com{path}")
        assert '<span id="error">10003</span>' in page.text


@pytest.mark.parametrize("port", ["", ":443", ":80"])
async def test_the_default_ports_are_no_ports(within: InWeChat, port: str) -> None:
    page = await within.open(redirect_uri=f"https://id.example.com{port}/callback")
    assert 'id="approve"' in page.text
