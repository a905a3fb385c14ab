"""Connections to PostgreSQL: a few of them, each lent to one verb at a time.

A crowd waits for its turn, some seconds if need be. A server that is away is another matter: all
are answered at once then, and also those who were waiting.

Where a turn and a connection are free, to lend it makes no task and no timer. See
docs/decisions/0031.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

import asyncpg

from bridge.store.postgres.absence import Absence
from bridge.store.postgres.failures import FAILURES, Away, Crowded, is_loss, is_outdated
from bridge.store.postgres.opening import PoolLimits, drop, opened
from bridge.store.postgres.turns import Turns

# Seconds after which one that nobody needed is closed: something on the way may have forgotten it
IDLE = 300.0
# Seconds for what is under way when the engine is closed
CLOSE = 2.0

Result = TypeVar("Result")


class Connections:
    """``url`` as libpq spells it. Nothing is opened before it is needed."""

    def __init__(self, url: str, limits: PoolLimits, clock: Callable[[], float]) -> None:
        self._url = url
        self._limits = limits
        self._clock = clock
        self._turns = Turns(limits.connections, limits.timeout)
        self._absence = Absence(limits.connect, clock)
        # Each with the moment from which nobody used it; the one that was used last is the last.
        self._idle: deque[tuple[asyncpg.Connection, float]] = deque()
        # Those at work, each with the generation in which it was opened or found sound
        self._lent: dict[asyncpg.Connection, int] = {}
        self._generation = 0
        self._is_closed = False

    async def lend(self, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
        """Do it on a connection that nobody else has.

        Whatever becomes of it, who has the connection next finds it in no transaction, and with no
        statement under way.
        """
        if self._is_closed:
            raise Away("it was closed")
        if not self._turns.take_at_once():
            await self._turns.take()
        try:
            connection = self._kept() or await self._new()
            try:
                return await work(connection)
            except BaseException as failure:
                await self._mend(connection, failure)
                raise
            finally:
                self._give_back(connection)
        finally:
            self._turns.give()

    def states(self) -> Mapping[str, int]:
        """Return how many connections are in use, and how many wait to be."""
        idle = sum(not connection.is_closed() for connection, _ in self._idle)
        return {"in_use": len(self._lent), "idle": idle}

    async def close(self) -> None:
        """Wait for what is under way, as long as for a turn but not for long, and close all."""
        self._is_closed = True
        with suppress(TimeoutError, Crowded):
            async with asyncio.timeout(CLOSE):
                for _ in range(self._limits.connections):
                    await self._turns.take()
        idle = (connection.close(timeout=CLOSE) for connection, _ in self._idle)
        await asyncio.gather(*idle, return_exceptions=True)
        for connection in self._lent:
            drop(connection)

    def _kept(self) -> asyncpg.Connection | None:
        """Return one that is open, unless the server is away; then others look first."""
        self._absence.check()
        connection = self._found()
        if connection is not None:
            self._absence.end()
            self._lent[connection] = self._generation
        return connection

    async def _new(self) -> asyncpg.Connection:
        """Open one."""
        generation = self._generation
        try:
            connection = await opened(self._url, self._limits)
        except FAILURES as failure:
            raise self._absence.begin(failure) from None
        self._absence.end()
        self._lent[connection] = generation
        return connection

    def _found(self) -> asyncpg.Connection | None:
        """Return the one that was used last, unless it has gone meanwhile."""
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and self._clock() - since < IDLE:
                return connection
            drop(connection)
        return None

    def _give_back(self, connection: asyncpg.Connection) -> None:
        generation = self._lent.pop(connection)
        if self._is_closed or generation != self._generation or connection.is_closed():
            drop(connection)
            return
        now = self._clock()
        self._idle.append((connection, now))
        longest_idle, since = self._idle[0]
        if now - since >= IDLE:
            self._idle.popleft()
            drop(longest_idle)

    async def _mend(self, connection: asyncpg.Connection, failure: BaseException) -> None:
        """End what the verb began; drop the connection where that cannot be waited for."""
        if isinstance(failure, TimeoutError):
            self._absence.begin(failure)
        if is_loss(failure) or is_outdated(failure):
            self._expire()
        # Who is cut short leaves a statement under way.
        if is_loss(failure) or not isinstance(failure, Exception):
            drop(connection)
            return
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK", timeout=self._limits.connect)
        except FAILURES:
            drop(connection)
        except BaseException:
            drop(connection)
            raise

    def _expire(self) -> None:
        """Keep none of those that are open: what befell one of them has befallen the others."""
        self._generation += 1
        while self._idle:
            connection, _ = self._idle.pop()
            drop(connection)
