"""Applications served by one process, each on a port of its own."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.serving import Bounds, Server

BACKLOG = 2048

# 0 lets the system choose.
PORT = click.IntRange(0, 65_535)

# Listened on like this, a browser on this machine says localhost.
LOCALHOST = frozenset({"127.0.0.1", "0.0.0.0", "::"})  # noqa: S104 - compared, not listened on

STOPPING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Listener:
    """An open socket; with a certificate it speaks https."""

    socket: socket.socket
    host: str
    certificate: Path | None = None
    key: Path | None = None

    @property
    def port(self) -> int:
        number: int = self.socket.getsockname()[1]
        return number

    @property
    def url(self) -> str:
        """Where a browser on this machine reaches it: an origin, as settings want it."""
        scheme, default_port = ("https", 443) if self.certificate else ("http", 80)
        host = "localhost" if self.host in LOCALHOST else self.host
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}" + ("" if self.port == default_port else f":{self.port}")


def listen(
    host: str, port: int, *, certificate: Path | None = None, key: Path | None = None
) -> Listener:
    """Bind; raise click.ClickException with one line where that is impossible."""
    if not host:
        raise click.ClickException("--host is empty: give an address, or 0.0.0.0 for all of them")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        host.encode("idna")  # as the system will, but without a socket left open where it fails
        bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        fault = (error.strerror or "") if isinstance(error, OSError) else "no such name"
        told, _, _ = fault.partition(" (while")
        raise click.ClickException(f"cannot listen on {host} port {port}: {told}") from None
    return Listener(bound, host, certificate, key)


@asynccontextmanager
async def serving(
    *sites: tuple[ASGIApp, Listener], bounds: Bounds | None = None
) -> AsyncGenerator[None]:
    """Serve each application on its listener while the context lasts."""
    # Below that are lines about what strangers send, as many as they like.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    servers = [Server(_configuration(*site), bounds) for site in sites]
    tasks = [
        asyncio.create_task(server.serve(sockets=[listener.socket]))
        for server, (_, listener) in zip(servers, sites, strict=True)
    ]
    try:
        for server in servers:
            await server.ready.wait()
        if all(server.started for server in servers):
            yield
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.wait(tasks)
        for task in tasks:
            task.result()


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a request was cancelled when the time to finish was over: we did it ourselves."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _configuration(application: ASGIApp, listener: Listener) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=listener.certificate,
        ssl_keyfile=listener.key,
    )


async def until_stopped(messages: Sequence[str]) -> None:
    """Print the messages, then ``ready``, and wait to be asked to stop (SIGINT, SIGTERM).

    Asked a second time, the process does not wait for what is under way.
    """
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in STOPPING:
        loop.add_signal_handler(number, stopped.set)
    for message in (*messages, "ready"):
        click.echo(message)
    await stopped.wait()
    for number in STOPPING:
        loop.remove_signal_handler(number)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvicorn's choice of an event loop, the fast one where there is one."""
    with asyncio.Runner(
        loop_factory=uvicorn.Config(_nothing, log_config=None).get_loop_factory()
    ) as runner:
        runner.run(main)


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application for a configuration that serves none."""
