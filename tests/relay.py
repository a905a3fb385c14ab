"""What may lie between the bridge and its database: a wire that can be cut, or go silent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.serving import bound, port_of

CHUNK = 65_536


class Relay:
    """Passes on what it is given, in both directions, until it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = bound()
        self.port = port_of(self._listener)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._heard = asyncio.Event()
        self._heard.set()
        self._last_words: bytes | None = None
        self.connections = 0

    async def restore(self) -> None:
        self._heard.set()
        if self._server is None:
            if self._listener.fileno() < 0:
                self._listener = bound(self.port)
            self._server = await asyncio.start_server(self._relay, sock=self._listener)

    async def cut(self) -> None:
        """End every connection, and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()

    async def end(self) -> None:
        self._heard.set()  # so that nobody waits for ever
        await self.cut()
        self._listener.close()

    def drop(self) -> None:
        """End every connection; new ones are welcome."""
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    def say(self, words: bytes) -> None:
        """Tell whoever is connected, as if the server had said it."""
        for writer in self._clients:
            writer.write(words)

    def silence(self) -> None:
        """Take what comes, also new connections, and pass nothing on."""
        self._heard.clear()

    def cut_after(self, words: bytes) -> None:
        """Let the connection end that passes this on to the server, before the answer."""
        self._last_words = words

    @property
    def has_cut(self) -> bool:
        return self._last_words is None

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        self._clients.add(writer)
        await self._heard.wait()
        if writer.is_closing():
            return
        with suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", self._port)
            self._open.add(there[1])
            asking = self._pass_on(reader, there[1], back=writer)
            await asyncio.gather(asking, self._pass_on(there[0], writer))

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        back: asyncio.StreamWriter | None = None,
    ) -> None:
        """``back`` is the way of the answers, where it is questions that are passed on."""
        with suppress(OSError):
            while chunk := await source.read(CHUNK):
                await self._heard.wait()
                sink.write(chunk)
                await sink.drain()
                if back and self._last_words is not None and self._last_words in chunk:
                    self._last_words = None
                    back.transport.abort()
                    await asyncio.sleep(0.05)  # the server does what it was told
                    break
            sink.close()


@asynccontextmanager
async def relayed(url: str) -> AsyncGenerator[tuple[str, Relay]]:
    """A way to the same database through a relay."""
    port = urlsplit(url).port
    assert port is not None
    relay = Relay(port)
    await relay.restore()
    try:
        yield url.replace(f":{port}/", f":{relay.port}/"), relay
    finally:
        await relay.end()
