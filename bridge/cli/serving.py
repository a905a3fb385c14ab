"""Applications served by one process, each on a port of its own."""

import asyncio
import signal
import socket
from collections.abc import AsyncGenerator, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

BACKLOG = 2048

# Seconds for what is under way when the process is asked to stop.
GRACE = 10


@dataclass(frozen=True, slots=True)
class Listener:
    """An open socket; with a certificate it speaks https."""

    socket: socket.socket
    certificate: Path | None = None
    key: Path | None = None

    @property
    def port(self) -> int:
        number: int = self.socket.getsockname()[1]
        return number


def listen(
    host: str, port: int, *, certificate: Path | None = None, key: Path | None = None
) -> Listener:
    """Bind; raise click.ClickException with one line where that is impossible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {error.strerror or error}"
        ) from None
    return Listener(bound, certificate, key)


class _Server(uvicorn.Server):
    """Leaves signals to whoever started it, and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


@asynccontextmanager
async def serving(*sites: tuple[ASGIApp, Listener]) -> AsyncGenerator[None]:
    """Serve each application on its listener while the context lasts."""
    servers = [_Server(_configuration(*site)) for site in sites]
    tasks = [
        asyncio.create_task(server.serve(sockets=[listener.socket]))
        for server, (_, listener) in zip(servers, sites, strict=True)
    ]
    try:
        for server in servers:
            await server.ready.wait()
        yield
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)


def _configuration(application: ASGIApp, listener: Listener) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
        ssl_certfile=listener.certificate,
        ssl_keyfile=listener.key,
    )


async def until_stopped(messages: Sequence[str]) -> None:
    """Print the messages, then ``ready``, and wait to be asked to stop (SIGINT, SIGTERM)."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    for message in (*messages, "ready"):
        click.echo(message)
    await stopped.wait()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvicorn's choice of an event loop, the fast one where there is one."""
    with asyncio.Runner(
        loop_factory=uvicorn.Config(_nothing, log_config=None).get_loop_factory()
    ) as runner:
        runner.run(main)


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application for a configuration that serves none."""
