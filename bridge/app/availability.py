"""A database that is away while the bridge runs: who asks is told to come again.

It is written down when that begins and when it is over, not for each request.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

from bridge.oidc.errors import TemporarilyUnavailable
from bridge.store import Engine, UnusableDatabase
from bridge.store.engine import Steps, T
from bridge.telemetry import Event, emit


class DatabaseUnavailable(TemporarilyUnavailable, UnusableDatabase):
    """``description`` is for the client; the text is for the operator."""

    def __init__(self, line: str) -> None:
        super().__init__("the database is not available")
        self._line = line

    def __str__(self) -> str:
        return self._line


class WatchedEngine:
    """The engine itself, but that it raises DatabaseUnavailable where the database refuses."""

    def __init__(self, engine: Engine, now: Callable[[], int]) -> None:
        self._engine = engine
        self._now = now
        # None before it was first well: who starts is told otherwise
        self._is_away: bool | None = None
        self._failed_at = 0

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        return await self._watched(self._engine.read(verb))

    async def write(self, verb: Callable[[], Steps[T]]) -> T:
        return await self._watched(self._engine.write(verb))

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        return await self._watched(self._engine.alter(verb))

    def connections(self) -> Mapping[str, int]:
        return self._engine.connections()

    async def close(self) -> None:
        await self._engine.close()

    async def _watched(self, work: Awaitable[T]) -> T:
        try:
            result = await work
        except UnusableDatabase as failure:
            line = str(failure)
        else:
            self._succeeded()
            return result
        self._failed(line)
        raise DatabaseUnavailable(line)

    def _failed(self, line: str) -> None:
        self._failed_at = self._now()
        if self._is_away is False:
            self._is_away = True
            emit(Event.DATABASE_UNAVAILABLE, logging.ERROR, cause=line)

    def _succeeded(self) -> None:
        # Where one in ten fails, there would be two lines for each of them.
        if self._is_away and self._now() == self._failed_at:
            return
        if self._is_away:
            emit(Event.DATABASE_AVAILABLE)
        self._is_away = False
