"""A small proxy: CONNECT, Basic, and a record of what it was told and what it saw pass."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

USER, PASSWORD = "bridge", "p@ss/wörd:1"
QUOTED = "bridge:p%40ss%2Fw%C3%B6rd%3A1"


@dataclass
class ConnectProxy:
    """``answers`` is what it says instead of connecting."""

    answers: bytes | None = None
    wants: str | None = None
    port: int = 0
    # The first line of each request
    asked: list[str] = field(default_factory=list[str])
    seen: bytearray = field(default_factory=bytearray)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def with_password(self) -> str:
        return f"http://{QUOTED}@127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return
        self.asked.append(head.partition("\r\n")[0])
        if self.answers is not None:
            writer.write(self.answers)
            return
        told = re.search(r"^proxy-authorization: (.*)\r$", head, re.IGNORECASE | re.MULTILINE)
        if self.wants is not None and (told is None or told[1] != self.wants):
            writer.write(
                b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
            )
            return
        method, target, _ = self.asked[-1].split(" ")
        where = urlsplit(f"//{target}" if method == "CONNECT" else target)
        try:
            there, on = await asyncio.open_connection(where.hostname, where.port)
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            self.seen += head.encode("latin-1")
            on.write(head.encode("latin-1"))
        try:
            await asyncio.gather(self._pass(reader, on), self._pass(there, writer))
        finally:
            on.close()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                self.seen += data
                sink.write(data)
        sink.close()

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def basic(user: str = USER, password: str = PASSWORD) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@asynccontextmanager
async def connect_proxy(
    *, answers: bytes | None = None, wants: str | None = None
) -> AsyncGenerator[ConnectProxy]:
    proxy = ConnectProxy(answers, wants)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
