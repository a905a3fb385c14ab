"""ASGI applications on real loopback sockets, within the test's own event loop."""

import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from bridge.serving import Server


def bound(port: int = 0) -> socket.socket:
    """A port of our own, on which nobody answers yet: whoever connects waits in the queue.

    What is accepted from it sends at once, as uvloop and a listener of asyncio's own would have it:
    otherwise the second half of an answer waits until the first is acknowledged, 40 ms.
    """
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def bound_for_long() -> socket.socket:
    """The same, on a port that nobody but us is given, so that it can be had again later."""
    while True:
        with suppress(OSError):
            return bound(_port_of_few())


def _port_of_few() -> int:
    """A port below those that the system gives to whoever asks for any."""
    return 20_000 + secrets.randbelow(12_000)


def free_port(*, in_a_row: int = 1) -> int:
    """The first of some ports that nobody listens on.

    It stays free until a program of ours takes it, and after a restart.
    """
    while True:
        port = _port_of_few()
        with suppress(OSError), ExitStack() as probes:
            for offset in range(in_a_row):
                probes.enter_context(socket.create_server(("127.0.0.1", port + offset)))
            return port


def port_of(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number


@asynccontextmanager
async def served(*sites: tuple[ASGIApp, socket.socket], **options: Any) -> AsyncGenerator[None]:
    """Serve each application while the context lasts. ``options`` are uvicorn's, as for TLS.

    Without uvicorn's own serve() and shutdown(): they wait in tenths of a second, and take the
    signals.
    """
    servers: list[Server] = []
    options = {"proxy_headers": False, **options}
    for app, listener in sites:
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, ws="none", **options
        )
        config.load()
        server = Server(config)
        await server.startup(sockets=[listener])
        servers.append(server)
    try:
        yield
    finally:
        for server in servers:
            for accepting in server.servers:
                accepting.close()
            server.server_state.stop()
            server.server_state.close_waiting()
        for server in servers:
            for accepting in server.servers:
                await accepting.wait_closed()
