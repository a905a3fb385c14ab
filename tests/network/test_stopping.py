"""How a server ends: whoever was let in gets a whole answer, and knows that it is the last one."""

import asyncio
import socket

import pytest

from bridge.serving import server as ending
from tests.network.sites import GET, HELLO, Connection, Site, site

pytestmark = pytest.mark.anyio

WAIT = GET.replace(b"/hello", b"/wait")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, but in tenths of the time."""
    monkeypatch.setattr(ending, "GRACE", ending.GRACE / 10)
    monkeypatch.setattr(ending, "LINGER", ending.LINGER / 10)


async def _stopped(at: Site) -> None:
    await at.server.shutdown([at.listener])


async def _whole_and_last(connection: Connection) -> None:
    status, head, body = await connection.answer()
    assert (status, body) == (200, HELLO)
    assert b"\r\nconnection: close\r\n" in head
    assert await connection.rest() == b""


async def test_a_request_under_way_is_answered_and_the_answer_says_that_it_is_the_last() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(WAIT)
        await at.until(lambda: bool(at.application.scopes))
        stopping = asyncio.create_task(_stopped(at))
        await at.until(lambda: at.listener.fileno() == -1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", at.port)
        at.application.go_on.set()
        await _whole_and_last(connection)
        await stopping


async def test_a_request_that_comes_on_a_kept_connection_is_still_answered() -> None:
    """A load balancer is about to send it; afterwards it knows."""
    async with site() as at:
        connection = await at.connect()
        connection.write(GET)
        assert b"connection" not in (await connection.answer())[1]
        stopping = asyncio.create_task(_stopped(at))
        await at.until(lambda: at.server.server_state.is_stopping)
        connection.write(GET)
        await _whole_and_last(connection)
        await stopping


async def test_who_waits_to_be_accepted_is_answered() -> None:
    """The system has told them that they are connected."""
    async with site() as at:
        waiting = [socket.create_connection(("127.0.0.1", at.port)) for _ in range(20)]
        for queued in waiting:
            queued.sendall(GET)
        assert at.connections == 0
        await _stopped(at)
        for queued in waiting:
            with queued, queued.makefile("rb") as file:
                answered = file.read()
                assert answered.startswith(b"HTTP/1.1 200 ")
                assert answered.endswith(HELLO)


async def test_a_connection_that_brings_nothing_is_closed_soon() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET)
        await connection.answer()
        silent = await at.connect()
        await _stopped(at)
        assert at.connections == 0
        assert await connection.rest() == b""
        assert await silent.rest() == b""


async def test_what_is_not_done_in_time_is_ended() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(WAIT)
        await at.until(lambda: bool(at.application.scopes))
        await _stopped(at)
        assert (await connection.rest())[:13] in {b"", b"HTTP/1.1 500 "}
        assert at.connections == 0


async def test_where_nobody_is_connected_it_ends_at_once() -> None:
    async with site() as at:
        started = asyncio.get_running_loop().time()
        await _stopped(at)
        assert asyncio.get_running_loop().time() - started < ending.LINGER
