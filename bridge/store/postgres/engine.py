"""The engine: one verb, one transaction, run again where another was in between.

Writing verbs are REPEATABLE READ: each sees one moment, and where two change the same row, one of
them is given up with nothing done, and begun anew. A verb that decides by a row writes that row, so
that all verbs on SQLite and here do the same. See docs/decisions/0029.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping

import asyncpg

from bridge.store.engine import Steps, T, TableLock, UnusableDatabase
from bridge.store.postgres.connections import Connections
from bridge.store.postgres.failures import (
    FAILURES,
    Away,
    Crowded,
    UnknownOutcome,
    is_conflict,
    is_loss,
    is_ours,
    is_violation,
    plain,
)
from bridge.store.postgres.opening import PoolLimits
from bridge.store.postgres.transactions import fetch, transaction
from bridge.store.postgres.watch import Watch

WRITE = "BEGIN ISOLATION LEVEL REPEATABLE READ"
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Who waited for the lock of a migration must see what the other has done.
ALTER = (
    "BEGIN ISOLATION LEVEL READ COMMITTED;"
    " SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)

# How often a verb is begun anew because another was in between …
MOST_CONFLICTS = 30
# … because a constraint refused, where it then sees who was faster …
MOST_VIOLATIONS = 3
# … and because the connection was lost before anything was committed
MOST_LOSSES = 1

# Seconds: the first pause is at most this long, each further one twice as long, up to the longest.
PAUSE = 0.002
LONGEST_PAUSE = 0.1


# Seconds that the server has more than ``timeout`` before we stop waiting for its own refusal
MARGIN = 0.5


class PostgreSQLEngine:
    """``url`` is ``postgresql://user:password@host/name``; it is told to nobody."""

    def __init__(
        self,
        url: str,
        limits: PoolLimits | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = limits or PoolLimits()
        self._connections = Connections(url, limits, clock)
        self._watch = Watch(limits.timeout + MARGIN)
        # A pooler gives each transaction another session of the server's.
        named = limits.server_side.items() if not limits.keeps_sessions else ()
        self._limited = "".join(f"; SET LOCAL {name} = {value}" for name, value in named)
        self._sleep = sleep
        self._random_bytes = random_bytes

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        watch = self._watch
        return await self._kept_up(
            lambda connection: watch.over(connection, self._look(connection, verb))
        )

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:
        begin = WRITE + self._limited + ("" if lock is None else _locking(lock))
        watch = self._watch
        return await self._kept_up(
            lambda connection: watch.over(connection, transaction(connection, begin, verb, watch))
        )

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        return await self._kept_up(lambda connection: transaction(connection, ALTER, verb, None))

    def connections(self) -> Mapping[str, int]:
        states: Mapping[str, int] = self._connections.states()
        return states

    async def close(self) -> None:
        await self._connections.close()

    async def _look(self, connection: asyncpg.Connection, verb: Callable[[], Steps[T]]) -> T:
        """Run one statement on its own; where a second follows, all of them in one snapshot."""
        steps = verb()
        try:
            steps.send(await fetch(connection, next(steps), self._watch))
        except StopIteration as end:
            result: T = end.value
            return result
        steps.close()
        return await transaction(connection, SNAPSHOT + self._limited, verb, self._watch)

    async def _kept_up(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do it until it succeeds, is refused for good, or was tried often enough."""
        tried: _Tried | None = None
        while True:
            try:
                return await self._connections.lend(work)
            except (Away, Crowded, UnknownOutcome) as failure:
                raise UnusableDatabase(_told(failure)) from None
            except FAILURES as failure:
                tried = tried or _Tried()
                if not tried.may_again(failure):
                    if is_ours(failure):
                        raise
                    raise UnusableDatabase(_told(failure)) from None
            await self._sleep(tried.pause * self._chance())

    def _chance(self) -> float:
        """From 0 to 1, so that those who were in each other's way are not so again."""
        return int.from_bytes(self._random_bytes(2)) / 65_536


def _locking(lock: TableLock) -> str:
    """Said with BEGIN: the moment that a transaction sees is that of its first look at a row."""
    mode = "SHARE ROW EXCLUSIVE" if lock.is_alone else "ROW EXCLUSIVE"
    return f"; LOCK TABLE {lock.table} IN {mode} MODE"


class _Tried:
    """How often a verb was begun, and why anew."""

    def __init__(self) -> None:
        self._conflicts = self._violations = self._losses = 0

    @property
    def pause(self) -> float:
        """The longest pause before the next time; a lost connection is no reason for one."""
        crowd = self._conflicts + self._violations
        return min(LONGEST_PAUSE, PAUSE * 2 ** (crowd - 1)) if crowd else 0

    def may_again(self, failure: BaseException) -> bool:
        if is_conflict(failure):
            self._conflicts += 1
        elif is_violation(failure):
            self._violations += 1
        elif is_loss(failure) and not isinstance(failure, TimeoutError):
            self._losses += 1
        else:
            return False
        return (
            self._conflicts <= MOST_CONFLICTS
            and self._violations <= MOST_VIOLATIONS
            and self._losses <= MOST_LOSSES
        )


def _told(failure: Exception) -> str:
    known: dict[type[Exception], str] = {
        Away: str(failure),
        Crowded: "all its connections are in use: see database_pool",
        UnknownOutcome: "the connection was lost while a change was being written, which was"
        " made or was not",
    }
    fault = known.get(type(failure)) or (
        "too many change the same at once" if is_conflict(failure) else plain(failure)
    )
    return f"the PostgreSQL database cannot be used: {fault}"
