import asyncio
import json
import re
from itertools import count
from typing import Any

import pytest

from bridge.wechat.simulator import Kind
from bridge.wechat.simulator.errcodes import Refusal
from bridge.wechat.simulator.grants import TOKEN_LENGTH, Grants
from tests.wechat.simulated_wechat import (
    APPID,
    OTHER_APPID,
    SECRET,
    ServedWeChat,
)

pytestmark = pytest.mark.anyio

RID = r", rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
EXCHANGE = "/sns/oauth2/access_token"
REFRESH = "/sns/oauth2/refresh_token"


def assert_refused(answer: dict[str, Any], errcode: int, errmsg: str) -> None:
    assert set(answer) == {"errcode", "errmsg"}
    assert answer["errcode"] == errcode
    assert re.fullmatch(re.escape(errmsg) + RID, answer["errmsg"])


async def test_a_code_is_exchanged_for_tokens_and_ids(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    assert list(tokens) == [
        "access_token",
        "expires_in",
        "refresh_token",
        "openid",
        "scope",
        "unionid",
    ]
    assert tokens["expires_in"] == 7200
    assert tokens["scope"] == "snsapi_login"
    assert len({tokens["access_token"], tokens["refresh_token"]}) == 2
    for name in ("openid", "unionid"):
        assert re.fullmatch(r"o[A-Za-z0-9_-]{27}", tokens[name])


async def test_every_answer_is_utf_8_json_declared_as_text_without_a_charset(
    wechat: ServedWeChat,
) -> None:
    tokens = await wechat.tokens()
    asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
    contents = b""
    for path in (EXCHANGE, REFRESH, "/sns/auth", "/sns/userinfo"):
        response = await wechat.browser.get(path, params=asked)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/plain"
        assert isinstance(json.loads(response.content.decode("utf-8")), dict)
        contents += response.content
    assert "张伟".encode() in contents


async def test_the_exchange_takes_a_form_too(wechat: ServedWeChat) -> None:
    asked = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}
    response = await wechat.browser.post(EXCHANGE, data=asked | {"code": await wechat.code()})
    assert response.json()["scope"] == "snsapi_login"


@pytest.mark.parametrize("path", [REFRESH, "/sns/auth", "/sns/userinfo"])
async def test_the_other_calls_take_get_only(wechat: ServedWeChat, path: str) -> None:
    assert_refused((await wechat.browser.post(path)).json(), 43001, "require GET method")


@pytest.mark.parametrize(
    ("changed", "errcode", "errmsg"),
    [
        ({"appid": ""}, 41002, "appid missing"),
        ({"secret": ""}, 41004, "appsecret missing"),
        ({"code": ""}, 41008, "missing code"),
        ({"grant_type": "authorization_code;"}, 40002, "invalid grant_type"),
        ({"grant_type": ""}, 40002, "invalid grant_type"),
        ({"appid": "wx0000000000000000"}, 40013, "invalid appid"),
        ({"code": "x" * 32}, 40029, "invalid code"),
        ({"appid": OTHER_APPID, "secret": "other-secret"}, 40029, "invalid code"),
        # The order: what is missing, then grant_type, appid, secret, code.
        ({"appid": "", "grant_type": "x"}, 41002, "appid missing"),
        ({"grant_type": "x", "appid": "wx0"}, 40002, "invalid grant_type"),
        ({"appid": "wx0", "secret": "wrong"}, 40013, "invalid appid"),
    ],
)
async def test_an_exchange_with_a_wrong_parameter_is_refused_and_leaves_the_code_unused(
    wechat: ServedWeChat, changed: dict[str, str], errcode: int, errmsg: str
) -> None:
    code = await wechat.code()
    assert_refused(await wechat.exchange(**({"code": code} | changed)), errcode, errmsg)
    assert "openid" in await wechat.exchange(code)


@pytest.mark.parametrize("code", ["invented", None])
async def test_a_wrong_secret_is_told_before_the_code_is_looked_at(
    wechat: ServedWeChat, code: str | None
) -> None:
    answer = await wechat.exchange(code or await wechat.code(), secret="wrong")
    assert answer["errcode"] == 40125
    assert re.fullmatch(
        r"invalid appsecret, view more at http://t\.cn/\w+ hints: \[ req_id: \w+ \]",
        answer["errmsg"],
    )


async def test_an_unknown_token_is_told_with_a_hint(wechat: ServedWeChat) -> None:
    answer = await wechat.call("/sns/auth", access_token="x" * TOKEN_LENGTH, openid="o")
    assert answer["errcode"] == 40001
    assert re.fullmatch(
        r"invalid credential, access_token is invalid or not latest hint: \[\w+\]",
        answer["errmsg"],
    )


async def test_a_refusal_carries_a_rid_that_is_new_each_time_and_begins_with_the_time(
    wechat: ServedWeChat,
) -> None:
    first, second = await wechat.exchange("x"), await wechat.exchange("x")
    assert first["errmsg"] != second["errmsg"]
    assert f"rid: {wechat.clock.now:x}-" in first["errmsg"]


async def test_a_code_is_exchanged_once(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    assert "openid" in await wechat.exchange(code)
    assert_refused(await wechat.exchange(code), 40163, "code been used")


async def test_of_many_exchanges_of_one_code_at_once_one_succeeds(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    answers = await asyncio.gather(*(wechat.exchange(code) for _ in range(8)))
    assert sorted(answer.get("errcode", 0) for answer in answers) == [0] + [40163] * 7


def test_the_oldest_codes_are_forgotten_when_there_are_too_many() -> None:
    numbers = count()
    grants = Grants(lambda: str(next(numbers)), remembered=2)
    codes = [
        grants.issue_code(appid=APPID, person="null", scope="snsapi_login", now=0) for _ in range(3)
    ]
    with pytest.raises(Refusal, match="invalid code"):
        grants.redeem(codes[0], appid=APPID, lifetime=1, now=0)
    for code in codes[1:]:
        assert grants.redeem(code, appid=APPID, lifetime=1, now=0).person == "null"


async def test_a_code_of_a_website_lasts_ten_minutes(wechat: ServedWeChat) -> None:
    early, late = await wechat.code(), await wechat.code()
    wechat.clock.wind(599)
    assert "openid" in await wechat.exchange(early)
    wechat.clock.wind(1)
    assert_refused(await wechat.exchange(late), 42003, "code expired")


async def test_the_life_of_codes_can_be_changed_for_those_that_are_under_way(
    wechat: ServedWeChat,
) -> None:
    code = await wechat.code()
    wechat.clock.wind(1)
    wechat.simulator.code_lifetimes[Kind.WEBSITE] = 1
    assert_refused(await wechat.exchange(code), 42003, "code expired")


async def test_userinfo_tells_the_profile_without_sex_and_region(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    profile = await wechat.userinfo(tokens, lang="zh_CN")
    assert profile == {
        "openid": tokens["openid"],
        "nickname": "张伟",
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": profile["headimgurl"],
        "privilege": [],
        "unionid": tokens["unionid"],
    }
    assert re.fullmatch(r"https://thirdwx\.qlogo\.cn/mmopen/vi_32/\w+/132", profile["headimgurl"])


@pytest.mark.parametrize("path", ["/sns/userinfo", "/sns/auth"])
async def test_a_call_for_a_person_needs_a_valid_token_and_its_openid(
    wechat: ServedWeChat, path: str
) -> None:
    mine, other = await wechat.tokens(), await wechat.tokens("null")
    token, openid = mine["access_token"], mine["openid"]
    refusals = [
        ({"openid": openid}, 41001, "access_token missing"),
        ({"access_token": token}, 41009, "missing openid"),
        ({"access_token": "short", "openid": openid}, 40014, "invalid access_token"),
        ({"access_token": token, "openid": other["openid"]}, 40003, "invalid openid"),
    ]
    for asked, errcode, errmsg in refusals:
        assert_refused(await wechat.call(path, **asked), errcode, errmsg)
    wechat.clock.wind(7200)
    expired = await wechat.call(path, access_token=token, openid=openid)
    assert_refused(expired, 42001, "access_token expired")


async def test_auth_answers_errcode_0_for_a_valid_token(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    answer = await wechat.call(
        "/sns/auth", access_token=tokens["access_token"], openid=tokens["openid"]
    )
    assert answer == {"errcode": 0, "errmsg": "ok"}


async def refresh(wechat: ServedWeChat, tokens: dict[str, Any], **changed: str) -> dict[str, Any]:
    asked = {"appid": APPID, "grant_type": "refresh_token"}
    asked["refresh_token"] = tokens["refresh_token"]
    return await wechat.call(REFRESH, **(asked | changed))


async def test_a_refresh_prolongs_the_token_without_a_secret_and_tells_no_unionid(
    wechat: ServedWeChat,
) -> None:
    tokens = await wechat.tokens()
    wechat.clock.wind(7199)
    refreshed = await refresh(wechat, tokens)
    del tokens["unionid"]
    assert refreshed == tokens
    wechat.clock.wind(7199)
    assert (await wechat.userinfo(tokens))["nickname"] == "张伟"


async def test_a_refresh_after_the_token_expired_gives_another(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.clock.wind(7200)
    refreshed = await refresh(wechat, tokens)
    assert refreshed["access_token"] != tokens["access_token"]
    assert (await wechat.userinfo(refreshed))["nickname"] == "张伟"
    assert (await wechat.userinfo(tokens))["errcode"] == 42001


@pytest.mark.parametrize(
    ("changed", "errcode", "errmsg"),
    [
        ({"appid": ""}, 41002, "appid missing"),
        ({"refresh_token": ""}, 41003, "refresh_token missing"),
        ({"grant_type": "authorization_code"}, 40002, "invalid grant_type"),
        ({"appid": "wx0000000000000000"}, 40013, "invalid appid"),
        ({"appid": OTHER_APPID}, 40030, "invalid refresh_token"),
        ({"refresh_token": "invented"}, 40030, "invalid refresh_token"),
    ],
)
async def test_a_refresh_with_a_wrong_parameter_is_refused(
    wechat: ServedWeChat, changed: dict[str, str], errcode: int, errmsg: str
) -> None:
    answer = await refresh(wechat, await wechat.tokens(), **changed)
    assert_refused(answer, errcode, errmsg)


async def test_a_refresh_token_lasts_thirty_days(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.clock.wind(30 * 86_400 - 1)
    assert "openid" in await refresh(wechat, tokens)
    wechat.clock.wind(1)
    assert_refused(await refresh(wechat, tokens), 42002, "refresh_token expired")
