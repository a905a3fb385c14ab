import json

import pytest

from bridge.wechat.simulator import faults
from tests.wechat.simulated_wechat import APPID, SECRET, ServedWeChat

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"


async def raw_userinfo(wechat: ServedWeChat) -> bytes:
    tokens = await wechat.tokens()
    asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
    return (await wechat.browser.get(USERINFO, params=asked)).content


async def test_faults_meet_the_next_calls_of_their_path_in_order(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.simulator.faults.plan(USERINFO, faults.errcode(-1), faults.errcode(45011))
    assert "openid" in await wechat.tokens()
    busy, slower = await wechat.userinfo(tokens), await wechat.userinfo(tokens)
    assert busy["errcode"] == -1
    assert busy["errmsg"].startswith("system error, rid: ")
    assert slower["errcode"] == 45011
    assert wechat.simulator.faults.waiting() == 0
    assert (await wechat.userinfo(tokens))["nickname"] == "张伟"


@pytest.mark.parametrize(("carried_out", "then"), [(False, None), (True, 40163)])
async def test_a_system_error_may_have_used_the_code_up(
    wechat: ServedWeChat, *, carried_out: bool, then: int | None
) -> None:
    code = await wechat.code()
    wechat.simulator.faults.plan(EXCHANGE, faults.errcode(-1, carried_out=carried_out))
    assert (await wechat.exchange(code))["errcode"] == -1
    assert (await wechat.exchange(code)).get("errcode") == then


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        (faults.http_status(), 500, "text/plain", b""),
        (faults.http_status(503), 503, "text/plain", b""),
        (faults.html(), 200, "text/html", b"<!doctype html>"),
    ],
)
async def test_what_is_no_answer_of_wechat_is_sent_instead_of_one(
    wechat: ServedWeChat, fault: faults.Fault, status: int, content_type: str, body: bytes
) -> None:
    wechat.simulator.faults.plan(EXCHANGE, fault)
    code = await wechat.code()
    asked = {"appid": APPID, "secret": SECRET, "code": code, "grant_type": "authorization_code"}
    response = await wechat.browser.get(EXCHANGE, params=asked)
    assert response.status_code == status
    assert response.headers["content-type"] == content_type
    assert response.content.startswith(body)
    assert "openid" in await wechat.exchange(code)


async def test_an_answer_may_not_be_utf_8(wechat: ServedWeChat) -> None:
    wechat.simulator.faults.plan(USERINFO, faults.invalid_utf8())
    content = await raw_userinfo(wechat)
    with pytest.raises(UnicodeDecodeError):
        content.decode()
    assert json.loads(content.decode(errors="ignore"))["nickname"] == "张伟"


async def test_a_nickname_may_hold_control_characters_that_json_forbids(
    wechat: ServedWeChat,
) -> None:
    wechat.simulator.faults.plan(USERINFO, faults.control_characters())
    content = await raw_userinfo(wechat)
    with pytest.raises(json.JSONDecodeError, match="Invalid control character"):
        json.loads(content)
    assert json.loads(content, strict=False)["nickname"] == "\x01\n\x7f\t张伟"


async def test_a_unionid_may_begin_with_a_space(wechat: ServedWeChat) -> None:
    unionid = (await wechat.tokens())["unionid"]
    wechat.simulator.faults.plan(EXCHANGE, faults.leading_space())
    assert (await wechat.tokens())["unionid"] == f" {unionid}"


def test_a_fault_that_cannot_happen_is_refused() -> None:
    planned = faults.Faults(frozenset({EXCHANGE}))
    with pytest.raises(ValueError, match="not a path"):
        planned.plan("/sns/userinf", faults.html())
    with pytest.raises(ValueError, match="no text"):
        faults.errcode(12345)
    with pytest.raises(ValueError, match="has no nickname"):
        faults.invalid_utf8().spoil(b'{"openid":"o"}')
