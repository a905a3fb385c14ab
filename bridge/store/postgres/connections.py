"""Connections to PostgreSQL: a few of them, each lent to one verb at a time.

Nobody waits long for one. After a failure to reach the server nobody tries for a moment, so that
requests are answered at once while it is away, however many there are.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg

from bridge.store.engine import UnusableDatabase
from bridge.store.postgres.failures import FAILURES, Away, Crowded, is_lost, plain

# Seconds for a connection to be made, and for one to become free
CONNECT = 1.5
# Seconds in which nobody tries again after the server could not be reached
AWAY = 0.5
# Seconds for what is under way when the engine is closed
CLOSE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """``timeout``: seconds that a statement may take. See the settings of the same names."""

    connections: int = 10
    timeout: int = 5
    statement_cache_size: int = 100

    @property
    def keeps_sessions(self) -> bool:
        """Whether a connection is one session of the server's: not behind a pooler."""
        return self.statement_cache_size > 0

    @property
    def server_side(self) -> dict[str, str]:
        """The server's own limits: it gives up what nobody waits for any more."""
        milliseconds = str(self.timeout * 1_000)
        return {
            "statement_timeout": milliseconds,
            "idle_in_transaction_session_timeout": milliseconds,
        }


class Connections:
    """``url`` as libpq spells it. Nothing is opened before it is needed."""

    def __init__(self, url: str, limits: PoolLimits, clock: Callable[[], float]) -> None:
        self._url = url
        self._limits = limits
        self._clock = clock
        # Since when, and why, nobody tries
        self._away_until = clock()
        self._fault = ""
        self._opened: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[asyncpg.Connection]:
        """Lend a connection. Whatever happens meanwhile, it is in no transaction afterwards."""
        pool = await self._pool()
        connection = await self._acquire(pool)
        try:
            yield connection
        except BaseException as failure:
            await self._mend(connection, failure)
            if is_lost(failure):
                await pool.expire_connections()
            raise
        finally:
            await pool.release(connection)

    def states(self) -> Mapping[str, int]:
        """Return how many connections are in use, and how many wait to be."""
        if self._opened is None:
            return {"in_use": 0, "idle": 0}
        idle = self._opened.get_idle_size()
        return {"in_use": self._opened.get_size() - idle, "idle": idle}

    async def close(self) -> None:
        if self._opened is None:
            return
        try:
            await asyncio.wait_for(self._opened.close(), CLOSE)
        except (TimeoutError, *FAILURES):
            self._opened.terminate()

    async def _acquire(self, pool: asyncpg.Pool) -> asyncpg.Connection:
        if self._clock() < self._away_until:
            raise Away(self._fault)
        try:
            return await pool.acquire(timeout=CONNECT)
        except FAILURES as failure:
            if isinstance(failure, TimeoutError) and self._is_crowded(pool):
                raise Crowded from None
            self._stay_away(failure)
            raise Away(self._fault) from None

    def _stay_away(self, failure: BaseException) -> None:
        self._fault = plain(failure)
        self._away_until = self._clock() + AWAY

    def _is_crowded(self, pool: asyncpg.Pool) -> bool:
        return pool.get_size() == self._limits.connections and pool.get_idle_size() == 0

    async def _mend(self, connection: asyncpg.Connection, failure: BaseException) -> None:
        """End what the verb began; drop the connection where that cannot be waited for."""
        if isinstance(failure, TimeoutError):
            self._stay_away(failure)
        if is_lost(failure):
            _drop(connection)
            return
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK", timeout=CONNECT)
        except FAILURES:
            _drop(connection)
        except BaseException:
            _drop(connection)
            raise

    async def _pool(self) -> asyncpg.Pool:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._open()
            return self._opened

    async def _open(self) -> asyncpg.Pool:
        settings = {"application_name": "wechat-oidc"}
        if self._limits.keeps_sessions:
            settings |= self._limits.server_side
        try:
            return await asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=self._limits.connections,
                timeout=CONNECT,
                statement_cache_size=self._limits.statement_cache_size,
                server_settings=settings,
                init=_check_encoding,
                reset=_nothing_to_reset,
            )
        except (ValueError, *FAILURES) as failure:
            # The words of asyncpg may hold parts of the address.
            fault = plain(failure) if isinstance(failure, FAILURES) else "its address is not valid"
            raise UnusableDatabase(f"the PostgreSQL database cannot be used: {fault}") from None


def _drop(connection: asyncpg.Connection) -> None:
    """Close it. One that is closed already must not raise here, in place of what has failed."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _check_encoding(connection: asyncpg.Connection) -> None:
    encoding = connection.get_settings().server_encoding
    if encoding.upper() not in {"UTF8", "UTF-8"}:
        raise UnusableDatabase(
            f"the PostgreSQL database has the encoding {encoding}, and names of people need UTF8:"
            " create one WITH ENCODING 'UTF8'"
        )


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """A verb leaves nothing in a session; asyncpg's own reset is a question for each of them."""
