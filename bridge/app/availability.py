"""The database while the bridge runs: how long its verbs take, and whether it is there.

Who asks while it is away is told to come again. It is written down when that begins and when it is
over, not for each request. Verbs are told of by what they do, never by what they are about.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import perf_counter

from bridge.oidc.errors import TemporarilyUnavailable
from bridge.store import Engine, UnusableDatabase
from bridge.store.engine import Steps, T, TableLock
from bridge.telemetry import Event, count_verb, emit, is_traced, span


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
        return await self._watched("read", self._engine.read, verb)

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:
        run = self._engine.write if lock is None else partial(self._engine.write, lock=lock)
        return await self._watched("write", run, verb)

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        return await self._watched("alter", self._engine.alter, verb)

    def connections(self) -> Mapping[str, int]:
        return self._engine.connections()

    async def close(self) -> None:
        await self._engine.close()

    async def _watched(
        self,
        kind: str,
        run: Callable[[Callable[[], Steps[T]]], Awaitable[T]],
        verb: Callable[[], Steps[T]],
    ) -> T:
        began, outcome = perf_counter(), "failed"
        try:
            result = await (_traced(kind, run, verb) if is_traced() else run(verb))
            outcome = "done"
        except UnusableDatabase as failure:
            line = str(failure)
        else:
            self._succeeded()
            return result
        finally:
            count_verb(kind, outcome, perf_counter() - began)
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


async def _traced(
    kind: str, run: Callable[[Callable[[], Steps[T]]], Awaitable[T]], verb: Callable[[], Steps[T]]
) -> T:
    with span("database", kind=kind, verb=_name_of(verb)):
        return await run(verb)


def _name_of(verb: Callable[[], object]) -> str:
    """The verb of the store that was called, as the program names it."""
    return getattr(verb, "__qualname__", "").removesuffix(".<locals>.<lambda>").rpartition(".")[2]
