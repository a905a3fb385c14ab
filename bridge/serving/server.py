"""uvicorn's server, which begins and ends as ours does."""

import asyncio
import select
import socket
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from time import monotonic

import uvicorn

from bridge.serving.bounds import Bounds
from bridge.serving.connections import Connections
from bridge.serving.protocol import BoundedProtocol

# Seconds for what is under way when the process is asked to stop: less than the 10 after which
# Docker kills.
GRACE = 8.0

# Seconds of these in which a connection that is kept for the next request may still bring one: a
# load balancer is about to send it, and would get no answer from a connection that is closed.
LINGER = 1.0

# Seconds for who was cancelled
CANCELLED = 0.5

# Seconds between two looks
LOOK = 0.02


class Server(uvicorn.Server):
    """Leaves signals to whoever started it, and says when it is ready, or has failed."""

    server_state: Connections

    def __init__(
        self,
        config: uvicorn.Config,
        bounds: Bounds | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(config)
        self.server_state = Connections(bounds or Bounds(), now)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets=sockets)
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. Who does not finish TLS's beginning is dropped like who sends no headers."""
        loop = asyncio.get_running_loop()
        config = self.config

        def connection() -> asyncio.Protocol:
            return BoundedProtocol(config, self.server_state, {}, loop)

        self.servers = [
            await loop.create_server(
                connection,
                sock=listener,
                ssl=config.ssl,
                backlog=config.backlog,
                ssl_handshake_timeout=self.server_state.bounds.head if config.ssl else None,
            )
            for listener in sockets or ()
        ]
        self.started = True
        self.ready.set()

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            self.server_state.sweep()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, and finish what is under way: every answer is its connection's last."""
        loop, state = asyncio.get_running_loop(), self.server_state
        started = loop.time()
        state.stop()
        await self._accept_who_waits(sockets or ())
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        while state.is_busy and loop.time() < started + GRACE:
            if loop.time() >= started + LINGER:
                state.close_waiting()
            await asyncio.sleep(LOOK)
        late = list(state.tasks)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCELLED)
        state.abort()

    async def _accept_who_waits(self, listeners: Iterable[socket.socket]) -> None:
        """Who is in the queue has been let in by the system: closing it would be an answer to them.

        No longer than a second: others may go on sending, and there may be others to accept them.
        """
        queue = select.poll()
        for listener in listeners:
            queue.register(listener, select.POLLIN)
        for _ in range(round(LINGER / LOOK)):
            if not queue.poll(0):
                return
            await asyncio.sleep(LOOK)
