"""No connection, of whatever kind: the next host is asked, and the code has gone nowhere."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal

import pytest

from bridge.wechat import Limits, WeChatUnavailable
from bridge.wechat.hosts import PASSED_OVER, TOO_MANY
from tests.serving import bound, port_of
from tests.wechat.exchanging import EXCHANGE, WITHOUT_PROFILE
from tests.wechat.hostile_wechat import (
    CODE,
    OPENID,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
)
from tests.world import Clock

pytestmark = pytest.mark.anyio

SHORT = Limits(connect=0.2, answer=5, total=5)


@asynccontextmanager
async def refused() -> AsyncGenerator[str]:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{port_of(nobody)}"


@asynccontextmanager
async def in_a_full_queue() -> AsyncGenerator[str]:
    """A connection begins, and does not come about."""
    with bound() as full, socket.socket() as first, socket.socket() as second:
        full.listen(0)
        for caller in (first, second):
            caller.settimeout(0)
            caller.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{port_of(full)}"


@asynccontextmanager
async def without_tls() -> AsyncGenerator[str]:
    """It answers TLS's first message in plain text."""

    def answer_in_plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with _listening(answer_in_plain) as origin:
        yield origin


@asynccontextmanager
async def silent_in_the_handshake() -> AsyncGenerator[str]:
    with bound() as mute:
        mute.listen(10)
        yield f"https://127.0.0.1:{port_of(mute)}"


@asynccontextmanager
async def gone_in_the_handshake() -> AsyncGenerator[str]:
    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with _listening(hang_up) as origin:
        yield origin


@asynccontextmanager
async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None],
) -> AsyncGenerator[str]:
    with bound() as listener:
        server = await asyncio.start_server(serve, sock=listener)
        yield f"https://127.0.0.1:{port_of(listener)}"
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def without_an_address() -> AsyncGenerator[str]:
    yield "http://unknown.weixin.example"


@asynccontextmanager
async def with_a_mute_name_server() -> AsyncGenerator[str]:
    yield "http://mute.weixin.example"


@pytest.fixture(autouse=True)
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of two names: one that nobody knows, and one of which nothing is heard."""
    over, ask_system = threading.Event(), socket.getaddrinfo

    def ask(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "mute.weixin.example":
            over.wait(0.6)
        if str(host).endswith(".weixin.example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ask_system(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    yield
    over.set()


Way = Callable[[], AbstractAsyncContextManager[str]]
WAYS: dict[Way, str] = {
    refused: "ClientConnectorError",
    in_a_full_queue: "ConnectionTimeoutError",
    without_tls: "ClientConnectorSSLError",
    silent_in_the_handshake: "ConnectionTimeoutError",
    gone_in_the_handshake: "ClientConnectorError",
    without_an_address: "ClientConnectorDNSError",
    with_a_mute_name_server: "ConnectionTimeoutError",
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_next_host_is_asked(way: Way) -> None:
    async with (
        way() as broken,
        hostile_wechat(answer(token())) as hostile,
        client_of(broken, hostile.origin, application=WITHOUT_PROFILE, limits=SHORT) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert hostile.paths == [EXCHANGE]


@pytest.mark.parametrize("way", WAYS)
async def test_where_there_is_no_next_host_wechat_is_unavailable(way: Way) -> None:
    async with way() as broken, client_of(broken, limits=SHORT) as client:
        with pytest.raises(WeChatUnavailable) as failure:
            await client.identify(CODE, lang="en")
    assert not failure.value.is_spent
    assert str(failure.value) == WAYS[way]


@pytest.mark.parametrize("then", ["close", "reset", "wait"])
async def test_after_the_request_was_sent_no_other_host_is_asked(
    then: Literal["close", "reset", "wait"],
) -> None:
    limits = Limits(connect=5, answer=0.2, total=5)
    async with (
        hostile_wechat(Answer(b"", then)) as broken,
        hostile_wechat(answer(token())) as hostile,
        client_of(broken.origin, hostile.origin, limits=limits) as client,
    ):
        with pytest.raises(WeChatUnavailable):
            await client.identify(CODE, lang="en")
    assert (len(broken.requests), hostile.requests) == (1, [])


async def test_a_host_that_could_not_be_reached_is_spared_for_a_while() -> None:
    clock, answers = Clock(), [answer(token()) for _ in range(4)]
    async with (
        hostile_wechat() as broken,
        hostile_wechat(*answers) as hostile,
        client_of(
            *(broken.origin.replace("http://", "https://"), hostile.origin),
            application=WITHOUT_PROFILE,
            limits=SHORT,
            clock=clock,
        ) as client,
    ):
        await client.identify(CODE, lang="en")
        await client.identify(CODE, lang="en")
        assert broken.connections == 1
        clock.wind(PASSED_OVER)
        await client.identify(CODE, lang="en")
        await client.identify(CODE, lang="en")
        assert broken.connections == 2


@pytest.mark.parametrize(
    "broken", [Answer(b"", "wait"), Answer(b"", "reset"), answer(b"", status="502 Bad Gateway")]
)
async def test_a_host_that_fails_again_and_again_is_spared_and_no_code_is_sent_twice(
    broken: Answer,
) -> None:
    limits = Limits(connect=5, answer=0.2, total=5)
    async with (
        hostile_wechat(*[broken] * 3) as failing,
        hostile_wechat(answer(token())) as hostile,
        client_of(
            failing.origin, hostile.origin, application=WITHOUT_PROFILE, limits=limits
        ) as client,
    ):
        for _ in range(TOO_MANY):
            with pytest.raises(WeChatUnavailable):
                await client.identify(CODE, lang="en")
        assert (len(failing.requests), len(hostile.requests)) == (TOO_MANY, 0)
        assert (await client.identify(CODE, lang="en")).openid == OPENID
        assert len(failing.requests) == TOO_MANY


async def test_where_all_are_spared_all_are_tried_and_one_that_is_back_is_found() -> None:
    with bound() as listener:
        port = port_of(listener)
    async with client_of(f"http://127.0.0.1:{port}", application=WITHOUT_PROFILE) as client:
        with pytest.raises(WeChatUnavailable):
            await client.identify(CODE, lang="en")
        async with hostile_wechat(answer(token()), port=port):
            assert (await client.identify(CODE, lang="en")).openid == OPENID
