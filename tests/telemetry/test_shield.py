"""No exception leaves the application, and nothing of its text is written."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge.telemetry import Event, Shield
from bridge.telemetry.shield import report
from tests.serving import bound, port_of, served
from tests.telemetry.lines import written

pytestmark = pytest.mark.anyio

SECRET = "https://api.weixin.qq.com/?secret=0123456789abcdef"


class UpstreamTroubleError(Exception):
    """Its text must not be written."""


def fail() -> None:
    failure = UpstreamTroubleError(SECRET)
    failure.add_note(SECRET)
    raise failure from ValueError(SECRET)


START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"10")],
}


async def failing_at_once(_scope: Scope, _receive: Receive, _send: Send) -> None:
    fail()


async def failing_halfway(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"12345", "more_body": True})
    fail()


async def failing_at_the_end(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"1234567890"})
    fail()


async def answering(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"1234567890"})


@asynccontextmanager
async def visitor_of(app: ASGIApp) -> AsyncGenerator[httpx.AsyncClient]:
    with bound() as listener:
        async with (
            served((Shield(app), listener)),
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port_of(listener)}", trust_env=False
            ) as visitor,
        ):
            yield visitor


async def test_a_failure_before_the_answer_is_answered_without_a_word() -> None:
    with written() as lines:
        async with visitor_of(failing_at_once) as visitor:
            response = await visitor.get("/path?code=secret")
    assert response.status_code == 500
    assert response.text == "internal error\n"
    assert response.headers["cache-control"] == "no-store"
    assert len(lines.records) == 1


async def test_an_answer_that_began_is_cut_and_not_completed_with_another() -> None:
    with written() as lines:
        async with visitor_of(failing_halfway) as visitor:
            with pytest.raises(httpx.RemoteProtocolError):
                await visitor.get("/")
    assert len(lines.records) == 1


async def test_a_failure_after_the_answer_changes_nothing_of_it() -> None:
    with written() as lines:
        async with visitor_of(failing_at_the_end) as visitor:
            response = await visitor.get("/")
    assert (response.status_code, response.text) == (200, "1234567890")
    assert len(lines.records) == 1


async def test_what_does_not_fail_passes_as_it_is() -> None:
    with written() as lines:
        async with visitor_of(answering) as visitor:
            response = await visitor.get("/")
    assert (response.status_code, response.text) == (200, "1234567890")
    assert lines.records == []


@pytest.mark.parametrize("app", [failing_at_once, failing_halfway, failing_at_the_end])
async def test_nothing_of_a_failures_text_is_written_by_anybody(
    app: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    """The server would write the whole of it, with that of its causes."""
    with caplog.at_level(logging.NOTSET + 1), written():
        async with visitor_of(app) as visitor:
            try:
                await visitor.get("/")
            except httpx.RemoteProtocolError:
                assert app is failing_halfway
    assert "request.failed failure=UpstreamTroubleError" in caplog.text
    assert "0123456789abcdef" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_the_places_in_the_code_are_written_the_innermost_first() -> None:
    with written() as lines:
        async with visitor_of(failing_at_once) as visitor:
            await visitor.get("/")
    (message,) = lines.messages
    assert message.startswith('request.failed failure=UpstreamTroubleError at="test_shield.py:')
    places = message.partition('at="')[2].rstrip('"').split(" < ")
    assert [place.split(":")[2] for place in places] == ["fail", "failing_at_once", "__call__"]
    assert lines.records[0].levelno == logging.ERROR


def deep(levels: int) -> None:
    if levels:
        deep(levels - 1)
    raise UpstreamTroubleError(SECRET)


def test_of_a_deep_failure_the_innermost_places_are_written() -> None:
    with pytest.raises(UpstreamTroubleError) as raised:
        deep(50)
    with written() as lines:
        report(raised.value, Event.HOUSEKEEPING_FAILED)
    (message,) = lines.messages
    assert message.startswith("housekeeping.failed failure=UpstreamTroubleError at=")
    assert 1 < message.count(":deep") <= 6


def test_a_failure_that_was_never_raised_has_no_place() -> None:
    with written() as lines:
        report(UpstreamTroubleError(SECRET))
    assert lines.messages == ['request.failed failure=UpstreamTroubleError at=""']


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_what_is_no_request_is_not_shielded(kind: str) -> None:
    """The server has to learn that a start failed."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.nothing"}

    async def send(message: Message) -> None:
        sent.append(message)

    with written() as lines, pytest.raises(UpstreamTroubleError):
        await Shield(failing_at_once)({"type": kind}, receive, send)
    assert (sent, lines.records) == ([], [])


async def test_what_is_no_request_passes_as_it_is() -> None:
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["type"])
        await send(await receive())

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        asked.append(message["type"])

    await Shield(app)({"type": "lifespan"}, receive, send)
    assert asked == ["lifespan", "lifespan.startup"]


async def test_a_request_that_is_cancelled_stays_so() -> None:
    async def cancelled(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise asyncio.CancelledError

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    with written() as lines, pytest.raises(asyncio.CancelledError):
        await Shield(cancelled)({"type": "http"}, receive, send)
    assert lines.records == []
