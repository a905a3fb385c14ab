"""What the kind of an application changes in WeChat's answers."""

from base64 import b64decode
from typing import Any

import pytest

from bridge.wechat.simulator import Kind
from tests.wechat.simulated_wechat import (
    APPID,
    MINI_PROGRAM,
    MOBILE,
    OFFICIAL_ACCOUNT,
    SECRET,
    ServedWeChat,
)

pytestmark = pytest.mark.anyio


async def tokens_of(wechat: ServedWeChat, appid: str, scope: str) -> dict[str, Any]:
    return await wechat.exchange(wechat.code_for(appid, scope=scope), appid=appid)


async def test_with_snsapi_base_an_official_account_gets_the_openid_and_nothing_else(
    wechat: ServedWeChat,
) -> None:
    tokens = await tokens_of(wechat, OFFICIAL_ACCOUNT, "snsapi_base")
    assert tokens["scope"] == "snsapi_base"
    assert "unionid" not in tokens
    profile = await wechat.userinfo(tokens)
    assert profile["errcode"] == 48001
    assert profile["errmsg"].startswith("api unauthorized, rid: ")
    checked = await wechat.call(
        "/sns/auth", access_token=tokens["access_token"], openid=tokens["openid"]
    )
    assert checked["errcode"] == 0
    refreshed = await wechat.call(
        "/sns/oauth2/refresh_token",
        appid=OFFICIAL_ACCOUNT,
        grant_type="refresh_token",
        refresh_token=tokens["refresh_token"],
    )
    assert refreshed == tokens


@pytest.mark.parametrize("appid", [OFFICIAL_ACCOUNT, MOBILE])
async def test_with_snsapi_userinfo_there_are_profile_and_unionid(
    wechat: ServedWeChat, appid: str
) -> None:
    website = await wechat.tokens()
    tokens = await tokens_of(wechat, appid, "snsapi_userinfo")
    assert tokens["unionid"] == website["unionid"]
    assert tokens["openid"] != website["openid"]
    profile = await wechat.userinfo(tokens)
    assert profile["nickname"] == "张伟"
    assert profile["unionid"] == website["unionid"]


@pytest.mark.parametrize(("appid", "days"), [(OFFICIAL_ACCOUNT, 30), (MOBILE, 180)])
async def test_a_refresh_token_lasts_as_long_as_the_page_of_its_kind_says(
    wechat: ServedWeChat, appid: str, days: int
) -> None:
    tokens = await tokens_of(wechat, appid, "snsapi_userinfo")
    asked = {"appid": appid, "grant_type": "refresh_token"}
    asked["refresh_token"] = tokens["refresh_token"]
    wechat.clock.wind(days * 86_400 - 1)
    assert "access_token" in await wechat.call("/sns/oauth2/refresh_token", **asked)
    wechat.clock.wind(1)
    refused = await wechat.call("/sns/oauth2/refresh_token", **asked)
    assert refused["errcode"] == 42002


async def test_an_official_account_of_no_platform_account_gets_no_unionid(
    wechat: ServedWeChat,
) -> None:
    wechat.simulator.applications.bind(OFFICIAL_ACCOUNT, None)
    tokens = await tokens_of(wechat, OFFICIAL_ACCOUNT, "snsapi_userinfo")
    assert "unionid" not in tokens
    assert "unionid" not in await wechat.userinfo(tokens)


@pytest.mark.parametrize("appid", [OFFICIAL_ACCOUNT, MOBILE, MINI_PROGRAM])
async def test_other_codes_than_a_websites_last_five_minutes(
    wechat: ServedWeChat, appid: str
) -> None:
    call = wechat.session if appid == MINI_PROGRAM else wechat.exchange
    early, late = wechat.code_for(appid), wechat.code_for(appid)
    wechat.clock.wind(299)
    assert "openid" in await call(early, appid=appid)
    wechat.clock.wind(1)
    assert (await call(late, appid=appid))["errcode"] == 42003
    wechat.simulator.code_lifetimes[Kind(wechat.simulator.applications[appid].kind)] = 301
    assert "openid" in await call(late, appid=appid)


async def test_a_mini_program_exchanges_its_code_for_ids_and_a_session_key(
    wechat: ServedWeChat,
) -> None:
    session = await wechat.session(wechat.code_for(MINI_PROGRAM, scope=""))
    assert list(session) == ["session_key", "openid", "unionid"]
    assert len(b64decode(session["session_key"], validate=True)) == 16
    website = await wechat.tokens()
    assert session["unionid"] == website["unionid"]
    assert session["openid"] != website["openid"]
    again = await wechat.session(wechat.code_for(MINI_PROGRAM, scope=""))
    assert again["openid"] == session["openid"]
    assert again["session_key"] != session["session_key"]


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"js_code": ""}, 41008),
        ({"grant_type": "client_credential"}, 40002),
        ({"appid": "wx0"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"js_code": "invented"}, 40029),
    ],
)
async def test_a_wrong_call_of_a_mini_program_is_refused_and_leaves_the_code_unused(
    wechat: ServedWeChat, changed: dict[str, str], errcode: int
) -> None:
    code = wechat.code_for(MINI_PROGRAM)
    assert (await wechat.session(**({"js_code": code} | changed)))["errcode"] == errcode
    assert "openid" in await wechat.session(code)
    assert (await wechat.session(code))["errcode"] == 40163


@pytest.mark.parametrize("appid", [APPID, OFFICIAL_ACCOUNT, MOBILE])
async def test_codes_of_mini_programs_and_of_others_are_not_interchangeable(
    wechat: ServedWeChat, appid: str
) -> None:
    other, own = wechat.code_for(appid), wechat.code_for(MINI_PROGRAM)
    assert (await wechat.session(other))["errcode"] == 40029
    assert (await wechat.session(other, appid=appid))["errcode"] == 40029
    assert (await wechat.exchange(own, appid=appid))["errcode"] == 40029
    assert (await wechat.exchange(own, appid=MINI_PROGRAM, secret=SECRET))["errcode"] == 40029
    assert "openid" in await wechat.exchange(other, appid=appid)
    assert "openid" in await wechat.session(own)
