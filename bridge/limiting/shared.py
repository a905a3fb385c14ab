"""Counters in Redis, which all processes and machines of one bridge have in common.

A sign-in never waits for Redis longer than a moment, and never fails with it: where it does not
answer, whoever asks here is told so at once for a while, and counts for themselves. Who imports
this module needs the package ``redis``.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from limits.aio.storage import RedisStorage
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bridge.limiting.rates import Storage
from bridge.telemetry import Event, emit

# Seconds: how long an answer may take, and for how long nobody asks after one that did not come
PATIENCE = 0.1
LONG_PATIENCE = 3
PAUSE = 5

KEY_PREFIX = "wechat-oidc"


class RedisCounters:
    """``now`` is in whole seconds; ``shown`` is where Redis is, without a password."""

    def __init__(self, redis: Redis, shown: str, now: Callable[[], int]) -> None:
        self._redis = redis
        # Of the storage the counting is wanted, which is a script in Redis; the pool is ours
        self._storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=KEY_PREFIX,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._shown = shown
        self._now = now
        # While it is away: when it is asked again
        self._asked_at: int | None = None

    async def count(self, key: str, seconds: int) -> int | None:
        """Count one more in this key's window of so many seconds, and return how many there are.

        None where Redis does not say. One round trip, as is ``left``.
        """
        return await self._ask(lambda: self._storage.incr(key, seconds))

    async def left(self, key: str, seconds: int) -> int | None:
        """Return the seconds until the key's window ends, from 1 to ``seconds``."""
        left = await self._ask(lambda: self._redis.ttl(f"{KEY_PREFIX}:{key}"))
        # Redis rounds to the nearest second, and Retry-After must not be too early.
        return None if left is None else min(max(left + 1, 1), seconds)

    async def is_there(self) -> bool:
        """Whether it answers, for who has time; no pause follows."""
        try:
            async with asyncio.timeout(LONG_PATIENCE):
                await self._redis.ping()
        except (RedisError, OSError):
            return False
        return True

    async def _ask(self, call: Callable[[], Awaitable[int]]) -> int | None:
        was_away = self._asked_at is not None
        if self._asked_at is not None:
            now = self._now()
            if now < self._asked_at <= now + PAUSE:
                return None
            self._asked_at = now + PAUSE  # the others do not ask at the same time
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await call()
        except (RedisError, OSError) as failure:  # TimeoutError is an OSError
            self._note_away(failure)
            return None
        if was_away and self._asked_at is not None:
            self._asked_at = None
            emit(Event.RATE_LIMIT_AVAILABLE, storage=self._shown)
        return answer

    def _note_away(self, failure: BaseException) -> None:
        if self._asked_at is None:
            cause = type(failure).__name__
            emit(Event.RATE_LIMIT_UNAVAILABLE, logging.WARNING, storage=self._shown, cause=cause)
        self._asked_at = self._now() + PAUSE


@asynccontextmanager
async def open_redis(
    storage: Storage, *, now: Callable[[], int], ca_file: Path | None
) -> AsyncGenerator[RedisCounters]:
    """Open it without asking it, and close it at the end."""
    options: dict[str, object] = {"retry": Retry(NoBackoff(), 0), "protocol": 2}
    if storage.url.startswith("rediss:") and ca_file is not None:
        options["ssl_ca_certs"] = str(ca_file)
    pool = ConnectionPool.from_url(storage.url, **options)  # pyright: ignore[reportUnknownMemberType]
    redis = Redis(connection_pool=pool)
    try:
        yield RedisCounters(redis, storage.shown, now)
    finally:
        await redis.aclose()
        await pool.disconnect()
