"""An engine whose verbs are counted and timed, by what they do and never by what they are about."""

from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

from bridge.store.engine import Engine, Steps, T
from bridge.telemetry import count_verb, span


class MeasuredEngine:
    """Does what ``engine`` does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        return await _timed("read", self._engine.read, verb)

    async def write(self, verb: Callable[[], Steps[T]]) -> T:
        return await _timed("write", self._engine.write, verb)

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        return await _timed("alter", self._engine.alter, verb)

    def connections(self) -> Mapping[str, int]:
        return self._engine.connections()

    async def close(self) -> None:
        await self._engine.close()


async def _timed(
    kind: str,
    run: Callable[[Callable[[], Steps[T]]], Awaitable[T]],
    verb: Callable[[], Steps[T]],
) -> T:
    began, outcome = perf_counter(), "failed"
    try:
        with span("database", kind=kind, verb=_name_of(verb)):
            result = await run(verb)
        outcome = "done"
        return result
    finally:
        count_verb(kind, outcome, perf_counter() - began)


def _name_of(verb: Callable[[], object]) -> str:
    """The verb of the store that was called, as the program names it."""
    return getattr(verb, "__qualname__", "").removesuffix(".<locals>.<lambda>").rpartition(".")[2]
