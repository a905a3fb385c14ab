"""A small application on a real socket, whose connections a test sees, and whose clock it winds."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge.serving import Bounds, Server
from bridge.serving.protocol import BoundedProtocol
from tests.serving import bound, port_of

PATIENCE = 10

GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
HELLO = b"hello\n"


@dataclass
class Application:
    """Says hello: at ``/wait`` when told, at ``/large`` at length, at ``/body`` after the body.

    At ``/broken`` it gives up between the head of its answer and the body.
    """

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    scopes: list[Scope] = field(default_factory=list[Scope])
    # What came last by ``receive``, for each request to /body
    last: list[Message] = field(default_factory=list[Message])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        body = HELLO
        match scope["path"]:
            case "/wait":
                await self.go_on.wait()
            case "/large":
                body = b"x" * 50_000_000
            case "/body":
                message = await receive()
                while message["type"] == "http.request" and message["more_body"]:
                    message = await receive()
                self.last.append(message)
            case _:
                pass
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/broken":
            raise ValueError
        await send({"type": "http.response.body", "body": body})


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Connection:
    """The client's end."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, bytes, bytes]:
        """The next answer: status, head, body."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
            return int(head.split()[1]), head, await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """All that comes until the server closes."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        self.writer.close()


@dataclass
class Site:
    server: Server
    listener: socket.socket
    application: Application
    clock: Clock
    port: int
    opened: list[Connection] = field(default_factory=list[Connection])

    async def connect(self, sent: bytes = b"") -> Connection:
        """Connect, and wait until the server has taken the connection, and what is sent first."""
        known = set(self.server.server_state)
        connection = await self.dial()
        await self.until(lambda: bool(set(self.server.server_state) - known))
        if sent:
            await self.send(connection, sent)
        return connection

    async def dial(self) -> Connection:
        """Connect, as far as the system lets us in."""
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self.opened.append(connection)
        return connection

    async def send(self, connection: Connection, data: bytes) -> None:
        """Send, and wait until the server has received something of it."""
        before = [known.received for known in self.server.server_state]
        connection.write(data)
        await self.until(lambda: [known.received for known in self.server.server_state] != before)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not done():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.001)

    def wind(self, seconds: float) -> None:
        """Let time pass, and have the server look."""
        self.clock.now += seconds
        self.server.server_state.sweep()

    @property
    def only(self) -> BoundedProtocol:
        """The server's end of the only connection."""
        (connection,) = self.server.server_state
        assert isinstance(connection, BoundedProtocol)
        return connection

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)


@asynccontextmanager
async def site(bounds: Bounds | None = None) -> AsyncGenerator[Site]:
    """Serve it while the context lasts. Nobody looks at the clock but ``wind``."""
    application, clock = Application(), Clock()
    with bound() as listener:
        server = Server(_configuration(application), bounds, clock)
        await server.startup([listener])
        opened = Site(server, listener, application, clock, port_of(listener))
        try:
            yield opened
        finally:
            application.go_on.set()
            for accepting in server.servers:
                accepting.close()
            for connection in opened.opened:
                connection.close()
            server.server_state.abort()
            await opened.until(lambda: not server.server_state.is_busy)


def _configuration(application: ASGIApp) -> uvicorn.Config:
    config = uvicorn.Config(
        application, lifespan="off", log_config=None, access_log=False, ws="none", http="httptools"
    )
    config.load()
    return config
