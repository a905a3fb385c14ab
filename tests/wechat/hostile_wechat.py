"""A server that says what it is told to, byte by byte, in WeChat's place."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bridge.wechat import (
    Limits,
    Proxy,
    WeChatApplication,
    WeChatClient,
    WeChatHosts,
    wechat_client,
)
from tests.serving import bound, port_of
from tests.world import Clock

APPID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"
CODE = "021jYz0w3QaZtT2ExAmPlEcOdE0w3k"
ACCESS_TOKEN = "87_aCcEsStOkEn-eXaMpLe_of-a-length"
OPENID = "oOpEnIdOfThePersonWhoCame_00"
UNIONID = "oUnIoNiDoFtHePeRsOnWhOcAmE-0"

# What must never be written or told
SECRETS = (SECRET, CODE, ACCESS_TOKEN, OPENID, UNIONID)

# An application of the simulator's kind, as the client knows it
APPLICATION = WeChatApplication(appid=APPID, secret=SECRET)

# Seconds; a test that waits for one of them to pass makes it short.
PATIENT = Limits(connect=5, answer=5, total=10)


@dataclass(frozen=True)
class Answer:
    """``raw`` is sent after a while; then the connection is kept, or else."""

    raw: bytes
    then: Literal["keep", "close", "reset", "wait"] = "keep"
    after: float = 0


def answer(
    body: bytes | object,
    *headers: str,
    status: str = "200 OK",
    then: Literal["keep", "close", "reset", "wait"] = "keep",
    after: float = 0,
) -> Answer:
    """An answer in HTTP, as WeChat's are: JSON in UTF-8 under text/plain."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/plain",
        f"Content-Length: {len(content)}",
        *headers,
    ]
    return Answer("\r\n".join([*lines, "", ""]).encode() + content, then, after)


def token(**changed: Any) -> dict[str, Any]:
    """The body of a good answer of /sns/oauth2/access_token; None leaves a member out."""
    return _without_none(
        {
            "access_token": ACCESS_TOKEN,
            "expires_in": 7200,
            "refresh_token": "87_refresh",
            "openid": OPENID,
            "scope": "snsapi_login",
            "unionid": UNIONID,
        }
        | changed
    )


def userinfo(**changed: Any) -> dict[str, Any]:
    """The body of a good answer of /sns/userinfo; None leaves a member out."""
    return _without_none(
        {
            "openid": OPENID,
            "nickname": "张伟",
            "sex": 0,
            "headimgurl": "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132",
            "privilege": ["chinaunicom"],
            "unionid": UNIONID,
        }
        | changed
    )


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


@dataclass
class HostileWeChat:
    """Gives ``answers``, one a request; ``requests`` are the heads that have come."""

    origin: str
    answers: list[Answer]
    requests: list[str] = field(default_factory=list[str])
    connections: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])
    _tasks: list["asyncio.Task[Any]"] = field(default_factory=list["asyncio.Task[Any]"])
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def paths(self) -> list[str]:
        return [head.split(" ")[1].partition("?")[0] for head in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._tasks.append(task)
        self._writers.append(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head.decode("ascii"))
        if not self.answers:
            return False
        told = self.answers.pop(0)
        if told.after:
            await asyncio.sleep(told.after)
        writer.write(told.raw)
        await writer.drain()
        if told.then == "wait":
            await self._over.wait()
        if told.then == "reset":
            _reset(writer)
        return told.then == "keep"

    async def end(self) -> None:
        self._over.set()
        for writer in self._writers:
            # In Python 3.11.2 TLS that was closed twice has forgotten itself: it has ended.
            with suppress(AttributeError):
                writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection (TCP RST), so that what was sent may be lost as well."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def hostile_wechat(
    *answers: Answer, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncGenerator[HostileWeChat]:
    """Serve while the context lasts."""
    with bound(port) as listener:
        scheme = "https" if tls else "http"
        wechat = HostileWeChat(f"{scheme}://127.0.0.1:{port_of(listener)}", list(answers))
        server = await asyncio.start_server(wechat.serve, sock=listener, ssl=tls)
        try:
            yield wechat
        finally:
            server.close()
            await wechat.end()
            await server.wait_closed()


@asynccontextmanager
async def client_of(
    *api: str,
    application: WeChatApplication = APPLICATION,
    limits: Limits = PATIENT,
    ca_file: Path | None = None,
    clock: Clock | None = None,
    proxy: Proxy | None = None,
) -> AsyncGenerator[WeChatClient]:
    """The client under test, for these API hosts."""
    clock = clock or Clock()
    async with wechat_client(
        *(application, WeChatHosts(api=api, proxy=proxy), limits, ca_file),
        now=clock,
        sleep=clock.sleep,
    ) as client:
        yield client
