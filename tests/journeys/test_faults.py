"""What happens to the connection with WeChat, in each call of a sign-in, and who is told what.

Nobody is signed in, no row is left behind, and the next sign-in succeeds.
"""

import gzip
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.rows import rows_of
from tests.serving import bound, port_of
from tests.wechat.hostile_wechat import (
    ACCESS_TOKEN,
    OPENID,
    SECRETS,
    UNIONID,
    Answer,
    HostileWeChat,
    answer,
    hostile_wechat,
    token,
    userinfo,
)
from tests.world import Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio

# Before the fault: nothing, or a good exchange
CALLS: dict[str, list[Answer]] = {"access_token": [], "userinfo": [answer(token())]}

BODY = json.dumps(token() | userinfo()).encode()
LEAK = f"{OPENID} {UNIONID} {ACCESS_TOKEN}"


@dataclass(frozen=True)
class Fault:
    """``cause`` is what the operator reads."""

    answer: Answer
    cause: str


FAULTS = {
    "reset after the request was sent": Fault(Answer(b"", "reset"), "ClientConnectionError"),
    "closed after the request was sent": Fault(Answer(b"", "close"), "ClientConnectionError"),
    "half a head": Fault(Answer(b"HTTP/1.1 200 OK\r\nConte", "close"), "ClientConnectionError"),
    "half an answer": Fault(Answer(answer(BODY).raw[:-9], "close"), "ClientPayloadError"),
    "half an answer, then a reset": Fault(
        Answer(answer(BODY).raw[:-9], "reset"), "ClientPayloadError"
    ),
    "half of the JSON": Fault(answer(BODY[:-1]), "the answer is not JSON"),
    "invalid UTF-8": Fault(answer(b"\xff\xfe\xf0\x9f" + BODY[1:]), "the answer is not JSON"),
    "UTF-16": Fault(answer(BODY.decode().encode("utf-16")), "the answer is not JSON"),
    "nothing": Fault(answer(b""), "the answer is not JSON"),
    "10 MB": Fault(answer(b" " * 10_000_000), "the answer is too large"),
    "10 MB in a few bytes": Fault(
        answer(gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip"),
        "the answer is too large",
    ),
    "a redirect": Fault(
        answer(BODY, "Location: http://127.0.0.1:9/elsewhere", status="302 Found"),
        "HTTP status 302",
    ),
    "a page": Fault(
        answer(f"<!doctype html><title>{LEAK}</title>".encode()), "the answer is not JSON"
    ),
    "an error of HTTP": Fault(answer(BODY, status="502 Bad Gateway"), "HTTP status 502"),
    "no HTTP": Fault(Answer(b"220 smtp ready\r\n\r\n", "close"), "ClientResponseError"),
    "an errcode that is no number": Fault(
        answer({"errcode": LEAK, "errmsg": LEAK}), "the errcode is no number"
    ),
    "no openid": Fault(answer({"access_token": ACCESS_TOKEN}), "the answer has no openid"),
    "an openid that is none": Fault(
        answer(token(openid="<script>")), "the answer has no proper openid"
    ),
}

# Seconds of real time, so there are few of them
LATE = {
    "no answer": Fault(Answer(b"", "wait"), "SocketTimeoutError"),
    "an answer that does not end": Fault(
        Answer(answer(BODY).raw[:-9], "wait"), "SocketTimeoutError"
    ),
}


@dataclass
class Opened:
    world: World
    wechat: HostileWeChat

    async def sign_in(self, *answers: Answer) -> dict[str, str]:
        """Sign in while WeChat answers so; return what the client is told."""
        url = await self.world.callback_url()
        self.wechat.answers[:] = answers
        told = parameters_of(await self.world.browser.http.get(url))
        assert self.wechat.answers == []
        return told


@asynccontextmanager
async def opened_with(folder: Path, clock: Clock, **settings: str) -> AsyncGenerator[Opened]:
    """A world whose WeChat sends people back as always, and answers as the test says."""
    async with hostile_wechat() as hostile:
        plan = Plan({"BRIDGE_API_HOSTS": hostile.origin, **settings})
        async with world(folder, clock, plan) as opened:
            await opened.register()
            yield Opened(opened, hostile)


async def told_as_unavailable(
    opened: Opened, faults: dict[str, Fault], call: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows_of(opened.world)
    for name, fault in faults.items():
        caplog.clear()
        told = await opened.sign_in(*CALLS[call], fault.answer)
        assert told["error"] == "temporarily_unavailable", name
        assert (told["state"], told["iss"]) == ("the state", opened.world.bridge_url)
        (text,) = (r.getMessage() for r in caplog.records if r.name == "bridge")
        assert text.startswith("wechat.failed "), name
        assert "failure=WeChatUnavailable" in text, name
        assert fault.cause in text, name
        assert rows_of(opened.world) == before, name
        assert [secret for secret in SECRETS if secret in caplog.text + str(told)] == []
    assert (await opened.sign_in(answer(token()), answer(userinfo())))["code"]
    after = {table for table, rows in rows_of(opened.world).items() if rows != before[table]}
    assert after >= {"accounts", "identities", "sessions", "grants", "codes"}


@pytest.mark.parametrize("call", CALLS)
async def test_what_is_no_answer_leaves_nothing_behind(
    tmp_path: Path, clock: Clock, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_with(tmp_path, clock) as opened:
        await told_as_unavailable(opened, FAULTS, call, caplog)


@pytest.mark.parametrize("call", CALLS)
async def test_what_comes_after_the_deadline_of_an_answer_leaves_nothing_behind(
    tmp_path: Path, clock: Clock, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_with(tmp_path, clock, BRIDGE_WECHAT_ANSWER_TIMEOUT="1") as opened:
        await told_as_unavailable(opened, LATE, call, caplog)


async def test_what_comes_after_the_deadline_of_all_leaves_nothing_behind(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limits = {f"BRIDGE_WECHAT_{name}_TIMEOUT": "1" for name in ("CONNECT", "ANSWER", "TOTAL")}
    async with opened_with(tmp_path, clock, **limits) as opened:
        before = rows_of(opened.world)
        told = await opened.sign_in(answer(token(), after=0.7), answer(userinfo(), after=0.7))
        assert told["error"] == "temporarily_unavailable"
        assert "no answer in time" in caplog.text
        assert rows_of(opened.world) == before


async def test_where_nobody_listens_nothing_is_left_behind(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with bound() as nobody:
        hosts = f"http://127.0.0.1:{port_of(nobody)}"
    async with world(tmp_path, clock, Plan({"BRIDGE_API_HOSTS": hosts})) as opened:
        await opened.register()
        before = rows_of(opened)
        told = parameters_of(await opened.callback())
        assert told["error"] == "temporarily_unavailable"
        assert "cause=ClientConnectorError" in caplog.text
        assert rows_of(opened) == before


async def test_invalid_utf_8_within_a_nickname_keeps_nobody_out(
    tmp_path: Path, clock: Clock
) -> None:
    body = json.dumps(userinfo(nickname="NAME")).encode().replace(b"NAME", b"a\xff\xf0\x9fb")
    async with opened_with(tmp_path, clock) as opened:
        assert (await opened.sign_in(answer(token()), answer(body)))["code"]
