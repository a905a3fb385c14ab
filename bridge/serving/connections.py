"""All connections of a server: which have taken too long, and who goes when there are too many."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Protocol, cast

from uvicorn.server import ServerState

from bridge.serving.bounds import Bounds
from bridge.telemetry import Event, emit

# How many at once, as a part of all, so that not every newcomer has to look at all of them
EVICTED = 32

# Seconds between two lines in the log that say so
SAID_AGAIN = 60


class Connection(Protocol):
    """What all of them have to know of each."""

    transport: asyncio.Transport
    # When the last answer was complete, or the connection made
    since: float
    # How much has come of the headers, or of the body
    received: int

    @property
    def is_waiting(self) -> bool:
        """Is no request under way?"""
        ...

    def shutdown(self) -> None:
        """Let the answer under way be the last one; say so in it."""

    def check(self, now: float) -> None:
        """End what has taken too long."""


class Connections(ServerState):
    """``now`` is in seconds, of a clock that nobody sets."""

    def __init__(self, bounds: Bounds, now: Callable[[], float]) -> None:
        super().__init__()
        self.bounds = bounds
        self.now = now
        self.is_stopping = False
        self._said_at: float | None = None

    def __iter__(self) -> Iterator[Connection]:
        return iter(cast("list[Connection]", list(self.connections)))

    @property
    def is_busy(self) -> bool:
        """Is anybody connected, or anything being done?"""
        return bool(self.connections or self.tasks)

    def stop(self) -> None:
        """Let each connection have one more answer at most."""
        self.is_stopping = True
        for connection in self:
            connection.shutdown()

    def close_waiting(self) -> None:
        """End the connections that have no request under way."""
        for connection in self:
            if connection.is_waiting:
                connection.transport.close()

    def abort(self) -> None:
        """End all, whatever the other side has not yet taken."""
        for connection in self:
            connection.transport.abort()

    def sweep(self) -> None:
        """End those whose time is over."""
        now = self.now()
        for connection in self:
            connection.check(now)

    def admit(self, newcomer: Connection) -> bool:
        """Whether there is room for one more; those that have waited longest without a request go.

        nginx does the same with its idle connections. Whoever has a request under way stays.
        """
        most = self.bounds.connections
        if len(self.connections) <= most:
            return True
        waiting = [known for known in self if known.is_waiting and known is not newcomer]
        waiting.sort(key=lambda known: known.since)
        for known in waiting[: max(1, most // EVICTED)]:
            self.connections.discard(known)
            known.transport.close()
        self._say(len(waiting))
        return bool(waiting)

    def _say(self, waiting: int) -> None:
        now = self.now()
        if self._said_at is None or now - self._said_at >= SAID_AGAIN:
            self._said_at = now
            emit(
                Event.CONNECTIONS_FULL,
                logging.WARNING,
                connections=self.bounds.connections,
                waiting=waiting,
            )
