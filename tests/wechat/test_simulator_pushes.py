"""The simulated WeChat pushes as WeChat does: three modes, two formats, three tries."""

import json
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bridge.wechat.simulator.push_messages import Members, PushFormat, sealed, signed, written
from bridge.wechat.simulator.pushes import PLATFORM, Pushes, PushMode, PushRequest, PushTarget
from tests.serving import free_port
from tests.wechat.developer import developer
from tests.wechat.events import official
from tests.wechat.events.sealing import APPID, KEY, NOW, TOKEN, seal, sign

pytestmark = pytest.mark.anyio

MEMBERS: Members = {
    "ToUserName": "gh_1",
    "FromUserName": "o-sender",
    "CreateTime": 1,
    "MsgType": "event",
}


def pushes_to(url: str, mode: PushMode, format_: PushFormat = PushFormat.XML) -> Pushes:
    numbers = count(1)
    target = PushTarget(url=url, token=TOKEN, encoding_aes_key=KEY, mode=mode, format=format_)
    return Pushes(
        now=lambda: NOW,
        new_id=lambda: f"id {next(numbers)}",
        new_client=lambda: httpx.AsyncClient(trust_env=False),
        targets={APPID: target},
    )


def query_of(request: PushRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def test_it_seals_and_signs_as_the_manual_does() -> None:
    encrypt = sealed(
        official.ANSWER,
        encoding_aes_key=official.ENCODING_AES_KEY,
        appid=official.APPID,
        random=official.ANSWER_RANDOM,
    )
    assert encrypt == official.ANSWER_ENCRYPT
    timestamp, nonce, signature = official.ANSWER_SIGNED
    assert signed(official.TOKEN, timestamp, nonce, encrypt) == signature


@pytest.mark.parametrize("mode", PushMode)
@pytest.mark.parametrize("format_", PushFormat)
def test_what_stands_where_depends_on_the_mode(mode: PushMode, format_: PushFormat) -> None:
    pushes = pushes_to("https://id.example/x", mode, format_)
    request = pushes.request(APPID, MEMBERS)
    query = query_of(request)
    timestamp, nonce = query["timestamp"], query["nonce"]
    assert timestamp == str(NOW)
    assert query["signature"] == sign(TOKEN, timestamp, nonce)
    assert ("msg_signature" in query) is (mode is not PushMode.PLAIN)
    assert (b"CreateTime" in request.body) is (mode is not PushMode.SECURE)
    assert (b"Encrypt" in request.body) is (mode is not PushMode.PLAIN)
    if mode is PushMode.SECURE and format_ is PushFormat.JSON:
        body = json.loads(request.body)
        assert body.keys() == {"ToUserName", "Encrypt"}
        assert query["msg_signature"] == sign(TOKEN, timestamp, nonce, body["Encrypt"])
        content = written(MEMBERS, format_)
        lengths = {len(seal(content)), len(body["Encrypt"])}
        assert len(lengths) == 1


def test_every_request_has_a_nonce_of_its_own() -> None:
    pushes = pushes_to("https://id.example/x", PushMode.PLAIN)
    nonces = {query_of(pushes.request(APPID, MEMBERS))["nonce"] for _ in range(9)}
    assert len(nonces) == 9


def test_texts_in_xml_stand_in_cdata_and_numbers_do_not() -> None:
    message = written({"A": "x]]>y", "B": 1}, PushFormat.XML).decode()
    assert message == "<xml><A><![CDATA[x]]]]><![CDATA[>y]]></A><B>1</B></xml>"


def test_a_change_is_about_a_person_and_from_the_platform() -> None:
    pushes = pushes_to("https://id.example/x", PushMode.PLAIN)
    members = pushes.change("user_authorization_revoke", APPID, "o-person", RevokeInfo="301")
    assert members == {
        "ToUserName": members["ToUserName"],
        "FromUserName": PLATFORM,
        "CreateTime": NOW,
        "MsgType": "event",
        "Event": "user_authorization_revoke",
        "OpenID": "o-person",
        "AppID": APPID,
        "RevokeInfo": "301",
    }
    assert str(members["ToUserName"]).startswith("gh_")


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([(200, "success")], 1),
        ([(200, "")], 1),
        ([(500, "success"), (200, "success")], 2),
        ([(200, "SUCCESS"), (200, "no"), (200, "success")], 3),
        ([(403, "refused\n")], 3),
    ],
)
async def test_what_is_not_answered_success_is_sent_three_times_in_all(
    answers: list[tuple[int, str]], tries: int
) -> None:
    async with developer() as told:
        told.answers = list(answers)
        sent = await pushes_to(told.url, PushMode.PLAIN).send(APPID, MEMBERS)
    assert len(sent) == len(told.requests) == tries
    queries = [query for query, _, _ in told.requests]
    assert len({query["nonce"] for query in queries}) == tries
    assert {query["kept"] for query in queries} == {"1"}
    assert {(body, media_type) for _, body, media_type in told.requests} == {
        (written(MEMBERS, PushFormat.XML), "text/xml")
    }


async def test_where_nobody_answers_it_gives_up() -> None:
    pushes = pushes_to(f"http://localhost:{free_port()}/", PushMode.PLAIN)
    assert [answer.status for answer in await pushes.send(APPID, MEMBERS)] == [0, 0, 0]


async def test_an_application_without_an_address_is_told_nothing() -> None:
    pushes = pushes_to("http://localhost:9/", PushMode.PLAIN)
    assert await pushes.send("wx00000000000000ff", MEMBERS) == []


async def test_the_console_tries_the_address() -> None:
    async with developer() as told:
        assert await pushes_to(told.url, PushMode.SECURE).check_url(APPID)
        ((query, _, _),) = told.requests
        assert query["signature"] == sign(TOKEN, query["timestamp"], query["nonce"])
    assert not await pushes_to(told.url, PushMode.SECURE).check_url(APPID)


@pytest.mark.parametrize(
    "missing",
    [
        {"url": ""},
        {"token": ""},
        {"encoding_aes_key": ""},
        {"encoding_aes_key": "", "mode": PushMode.COMPATIBLE},
    ],
)
def test_the_console_wants_all_that_its_mode_needs(missing: dict[str, Any]) -> None:
    entered: dict[str, Any] = {"url": "https://id.example/x", "token": TOKEN}
    entered |= {"encoding_aes_key": KEY}
    with pytest.raises(ValueError, match="need"):
        PushTarget(**(entered | missing))
