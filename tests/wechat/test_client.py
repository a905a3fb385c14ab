"""Where this provider sends people, and who comes back."""

from typing import cast
from urllib.parse import parse_qsl, urlsplit

import pytest

from bridge.wechat import (
    Limits,
    WeChatAppidRejected,
    WeChatApplication,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatHosts,
    WeChatSecretRejected,
    WeChatSnapshotUser,
)
from bridge.wechat.api import WeChatApi
from bridge.wechat.application import Kind
from bridge.wechat.simulator import faults
from bridge.wechat.turns import Turns
from tests.wechat.exchanging import USERINFO
from tests.wechat.hostile_wechat import (
    APPID,
    SECRET,
    client_of,
)
from tests.wechat.simulated_wechat import ServedWeChat
from tests.world import Clock

pytestmark = pytest.mark.anyio


def authorization_url(callback_uri: str, kind: Kind = "website") -> str:
    application = WeChatApplication(appid=APPID, secret=SECRET, kind=kind)
    api, turns = cast("WeChatApi", None), Turns(Limits(), now=Clock())
    client = WeChatClient(application, WeChatHosts(), api, turns)
    return client.authorization_url(callback_uri=callback_uri, wechat_state="Az09")


async def test_the_address_has_wechats_order_and_fragment() -> None:
    """https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html."""
    assert authorization_url("https://id.example.com/callback/wechat") == (
        "https://open.weixin.qq.com/connect/qrconnect"
        "?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fid.example.com%2Fcallback%2Fwechat"
        "&response_type=code"
        "&scope=snsapi_login"
        "&state=Az09"
        "#wechat_redirect"
    )


async def test_within_wechat_the_address_asks_to_come_back_once() -> None:
    """https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html."""
    assert authorization_url("https://id.example.com/callback/wechat", "official_account") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize"
        "?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fid.example.com%2Fcallback%2Fwechat"
        "&response_type=code"
        "&scope=snsapi_userinfo"
        "&state=Az09"
        "&connect_redirect=1"
        "#wechat_redirect"
    )


async def test_what_is_in_the_address_is_encoded_once() -> None:
    callback_uri = "https://id.example.com/a%20b c?x=1&y=é~"
    query = urlsplit(authorization_url(callback_uri)).query
    assert dict(parse_qsl(query))["redirect_uri"] == callback_uri
    assert "+" not in query


# Who came back, from a WeChat that does as documented


async def test_an_approved_code_tells_who_came(wechat: ServedWeChat) -> None:
    code, known = await wechat.code(), await wechat.tokens()
    async with client_of(wechat.origin) as client:
        identity = await client.identify(code, lang="zh_CN")
    assert (identity.openid, identity.unionid) == (known["openid"], known["unionid"])
    assert (identity.appid, identity.platform_account) == (APPID, "main")
    assert identity.nickname == "张伟"
    assert identity.picture is not None
    assert identity.picture.startswith("https://thirdwx.qlogo.cn/mmopen/")


async def test_of_a_person_without_unionid_and_picture_neither_is_told(
    wechat: ServedWeChat,
) -> None:
    async with client_of(wechat.origin) as client:
        unbound = await client.identify(await wechat.code("no-unionid"), lang="en")
        plain = await client.identify(await wechat.code("no-picture"), lang="en")
    assert unbound.unionid is None
    assert plain.picture is None


async def test_a_code_is_good_once(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    async with client_of(wechat.origin) as client:
        await client.identify(code, lang="en")
        with pytest.raises(WeChatCodeRejected) as raised:
            await client.identify(code, lang="en")
    assert raised.value.errcode == 40163


async def test_a_snapshot_user_is_nobody(wechat: ServedWeChat) -> None:
    async with client_of(wechat.origin) as client:
        with pytest.raises(WeChatSnapshotUser):
            await client.identify(await wechat.code("snapshot"), lang="en")


@pytest.mark.parametrize(
    ("appid", "secret", "expected"),
    [
        (APPID, SECRET, WeChatCodeRejected),
        (APPID, "f" * 32, WeChatSecretRejected),
        ("wx0000000000000000", SECRET, WeChatAppidRejected),
    ],
)
async def test_a_code_that_nobody_has_tells_whether_appid_and_secret_are_right(
    wechat: ServedWeChat, appid: str, secret: str, expected: type[WeChatError]
) -> None:
    application = WeChatApplication(appid=appid, secret=secret)
    async with client_of(wechat.origin, application=application) as client:
        with pytest.raises(expected):
            await client.probe()


@pytest.mark.parametrize("fault", [faults.control_characters(), faults.invalid_utf8()])
async def test_a_damaged_nickname_keeps_nobody_out(
    wechat: ServedWeChat, fault: faults.Fault
) -> None:
    wechat.simulator.faults.plan(USERINFO, fault)
    async with client_of(wechat.origin) as client:
        identity = await client.identify(await wechat.code(), lang="en")
    assert identity.nickname is not None
    assert identity.nickname.endswith("张伟")
