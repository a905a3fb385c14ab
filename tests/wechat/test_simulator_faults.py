import json
from collections.abc import Callable

import httpx
import pytest

from bridge.wechat.simulator import faults
from bridge.wechat.simulator.errcodes import ERRMSG
from bridge.wechat.simulator.paths import PATHS
from tests.wechat.simulated_wechat import APPID, SECRET, ServedWeChat, served_wechat

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


@pytest.mark.parametrize(
    ("impossible", "complaint"),
    [
        (lambda: faults.errcode(12345), "give it an errmsg"),
        (lambda: faults.http_status(199), "from 200 to 599"),
        (lambda: faults.http_status(600), "from 200 to 599"),
        (lambda: faults.body("", "text/plain\r\nset-cookie: a=b"), "media type"),
        (lambda: faults.redirect("/a\r\nset-cookie: a=b"), "an address"),
        (lambda: faults.huge(0), "from 1 to 100"),
        (lambda: faults.huge(101), "from 1 to 100"),
    ],
)
def test_a_fault_that_cannot_happen_is_refused(
    impossible: Callable[[], faults.Fault], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        impossible()


async def test_every_errcode_can_meet_every_call(wechat: ServedWeChat) -> None:
    for path in PATHS:
        for number, errmsg in ERRMSG.items():
            wechat.simulator.faults.plan(path, faults.errcode(number))
            answer = await wechat.call(path)
            assert answer["errcode"] == number
            assert answer["errmsg"].startswith(errmsg)
            assert answer["errmsg"] != errmsg


async def test_an_errcode_that_nobody_knows_needs_a_text(wechat: ServedWeChat) -> None:
    wechat.simulator.faults.plan(EXCHANGE, faults.errcode(99999, "something new"))
    answer = await wechat.call(EXCHANGE)
    assert answer["errcode"] == 99999
    assert answer["errmsg"].startswith("something new, rid: ")


async def test_an_answer_without_the_member_is_spoilt_in_its_first_text(
    wechat: ServedWeChat,
) -> None:
    wechat.simulator.faults.plan(EXCHANGE, faults.leading_space("nobody"))
    assert (await wechat.call(EXCHANGE))["errmsg"].startswith(" appid missing")


async def test_an_answer_may_be_of_ten_mebibytes_and_right(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.simulator.faults.plan(USERINFO, faults.huge())
    asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
    answer = await wechat.browser.get(USERINFO, params=asked)
    assert len(answer.content) > 10 << 20
    assert answer.json()["nickname"] == "张伟"


async def test_an_answer_may_lead_elsewhere_or_be_anything(wechat: ServedWeChat) -> None:
    wechat.simulator.faults.plan(EXCHANGE, faults.redirect(), faults.body("[]", "text/html"))
    response = await wechat.browser.get(EXCHANGE)
    assert (response.status_code, response.headers["location"]) == (302, "/elsewhere")
    response = await wechat.browser.get(EXCHANGE)
    assert (response.text, response.headers["content-type"]) == ("[]", "text/html")


# Answers that do not arrive


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (faults.hang_up(), httpx.RemoteProtocolError),
        (faults.half(), httpx.RemoteProtocolError),
        (faults.reset(), httpx.ReadError),
    ],
)
async def test_the_connection_may_end_before_the_answer_does(
    fault: faults.Fault, failure: type[Exception], *, tls: bool
) -> None:
    async with served_wechat(tls=tls) as wechat:
        code = await wechat.code()
        wechat.simulator.faults.plan(EXCHANGE, fault)
        with pytest.raises(failure):
            await wechat.exchange(code)
        assert (await wechat.exchange(code)).get("errcode") == (
            40163 if fault.carried_out else None
        )


async def test_half_an_answer_is_half_of_it(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.simulator.faults.plan(USERINFO, faults.half())
    asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
    async with wechat.browser.stream("GET", USERINFO, params=asked) as answer:
        arriving = answer.aiter_raw()
        arrived = await anext(arriving)
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(arriving)
    assert arrived.startswith(b'{"openid":')
    assert len(arrived) == int(answer.headers["content-length"]) // 2


async def test_an_answer_may_never_come(wechat: ServedWeChat) -> None:
    wechat.simulator.faults.plan(EXCHANGE, faults.silence(carried_out=True))
    code = await wechat.code()
    wechat.browser.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await wechat.exchange(code)
    wechat.browser.timeout = httpx.Timeout(5)
    assert (await wechat.exchange(code))["errcode"] == 40163
