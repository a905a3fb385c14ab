"""A verb's statements, one after the other, within one transaction or on their own.

Each takes as long as the ``watch`` lets it, or where there is none, as long as it takes.
"""

from collections.abc import Awaitable, Callable

import asyncpg

from bridge.store.engine import Insertion, Row, Statement, Steps, T
from bridge.store.postgres.failures import FAILURES, UnknownOutcome, is_loss
from bridge.store.postgres.together import together
from bridge.store.postgres.watch import Watch


def fetch(
    connection: asyncpg.Connection, statement: Statement, watch: Watch | None
) -> Awaitable[list[Row]]:
    text, values = statement
    if watch is not None:
        watch.ask(connection)
    return connection.fetch(text, *values)


def execute(connection: asyncpg.Connection, text: str, watch: Watch | None) -> Awaitable[str]:
    if watch is not None:
        watch.ask(connection)
    return connection.execute(text)


async def transaction(
    connection: asyncpg.Connection, begin: str, verb: Callable[[], Steps[T]], watch: Watch | None
) -> T:
    await execute(connection, begin, watch)
    result = await _run(connection, verb(), watch)
    await _commit(connection, watch)
    return result


async def _run(connection: asyncpg.Connection, steps: Steps[T], watch: Watch | None) -> T:
    """Insertions wait for the statement that may look at them."""
    waiting: list[Insertion] = []
    try:
        statement = next(steps)
        while True:
            if isinstance(statement, Insertion):
                waiting.append(statement)
                statement = steps.send([])
                continue
            await _insert(connection, waiting, watch)
            statement = steps.send(await fetch(connection, statement, watch))
    except StopIteration as end:
        await _insert(connection, waiting, watch)
        result: T = end.value
        return result


async def _insert(
    connection: asyncpg.Connection, waiting: list[Insertion], watch: Watch | None
) -> None:
    if waiting:
        await fetch(connection, together(waiting), watch)
        waiting.clear()


async def _commit(connection: asyncpg.Connection, watch: Watch | None) -> None:
    try:
        await execute(connection, "COMMIT", watch)
    except FAILURES as failure:
        if not is_loss(failure):
            raise
        raise UnknownOutcome from None
