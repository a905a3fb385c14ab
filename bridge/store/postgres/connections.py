"""Connections to PostgreSQL: a few of them, each lent to one verb at a time.

A crowd waits for its turn, some seconds if need be. A server that is away is another matter: after
a failure to reach it nobody tries for a moment, then one looks whether it is back, and all others
are answered at once, however many there are, and also those who were waiting.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg

from bridge.store.engine import UnusableDatabase
from bridge.store.postgres.failures import FAILURES, Away, Crowded, is_lost, plain

# Seconds for a connection to be made, if ``timeout`` is not less
CONNECT = 3.0
# Seconds in which nobody tries again after the server could not be reached
AWAY = 0.5
# Seconds for what is under way when the engine is closed
CLOSE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """``timeout``: seconds that a statement may take, and that one waits for its turn before.

    See the settings of the same names.
    """

    connections: int = 10
    timeout: int = 5
    statement_cache_size: int = 100

    @property
    def connect(self) -> float:
        return min(CONNECT, self.timeout)

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
        # Until when nobody tries, and why: empty, where it was reached since
        self._away_until = clock()
        self._fault = ""
        self._turns = asyncio.Semaphore(limits.connections)
        self._opened: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[asyncpg.Connection]:
        """Lend a connection. Whatever happens meanwhile, it is in no transaction afterwards."""
        pool = await self._pool()
        async with self._turn():
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

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Wait until fewer are at work than there are connections."""
        try:
            async with asyncio.timeout(self._limits.timeout):
                await self._turns.acquire()
        except TimeoutError:
            raise Crowded from None
        try:
            yield
        finally:
            self._turns.release()

    async def _acquire(self, pool: asyncpg.Pool) -> asyncpg.Connection:
        if self._clock() < self._away_until:
            raise Away(self._fault)
        if self._fault:
            # This one looks whether it is back, and the others do not wait for that.
            self._away_until = self._clock() + self._limits.connect
        try:
            connection = await pool.acquire(timeout=self._limits.connect)
        except FAILURES as failure:
            self._stay_away(failure)
            raise Away(self._fault) from None
        if self._fault:
            self._fault, self._away_until = "", self._clock()
        return connection

    def _stay_away(self, failure: BaseException) -> None:
        self._fault = plain(failure)
        self._away_until = self._clock() + AWAY

    async def _mend(self, connection: asyncpg.Connection, failure: BaseException) -> None:
        """End what the verb began; drop the connection where that cannot be waited for."""
        if isinstance(failure, TimeoutError):
            self._stay_away(failure)
        if is_lost(failure):
            _drop(connection)
            return
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK", timeout=self._limits.connect)
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
                timeout=self._limits.connect,
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
