"""Counters in Redis, which all processes and machines of one bridge have in common.

A sign-in never waits for Redis longer than a moment, and never fails with it: where it does not
answer, whoever asks here is told so at once for a while, and counts for themselves. One question
is under way at a time; whoever comes meanwhile is part of the next. Who imports this module needs
the package ``redis``.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from limits.aio.storage.redis.bridge import RedisBridge
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bridge.limiting.limiter import Counted, Window
from bridge.limiting.rates import Storage
from bridge.telemetry import Event, emit

Waiting = tuple[Sequence[Window], asyncio.Future[list[Counted] | None]]

# Seconds: how long an answer may take, and for how long nobody asks after one that did not come
PATIENCE = 0.1
LONG_PATIENCE = 3
PAUSE = 5

# To ask for fifty at once costs a fifth, for each, of what it costs to ask for one.
MOST_AT_ONCE = 100

KEY_PREFIX = "wechat-oidc"

# The library's script: increase, and let the first of a window say when it ends
COUNT = RedisBridge.SCRIPT_INCR_EXPIRE.decode()


def _answer(batch: Sequence[Waiting], counted: Sequence[Counted] | None) -> None:
    in_turn = None if counted is None else iter(counted)
    for windows, answer in batch:
        own = None if in_turn is None else list(islice(in_turn, len(windows)))
        if not answer.done():  # whoever waited may be gone
            answer.set_result(own)


class RedisCounters:
    """``now`` is in whole seconds; ``shown`` is where Redis is, without a password."""

    def __init__(
        self, redis: Redis, shown: str, now: Callable[[], int], patience: float = PATIENCE
    ) -> None:
        self._redis = redis
        self._patience = patience
        self._shown = shown
        self._now = now
        self._waiting: list[Waiting] = []
        self._asking: asyncio.Task[None] | None = None
        # While it is away: when it is asked again
        self._asked_at: int | None = None

    async def count(self, *windows: Window) -> list[Counted] | None:
        """Count one more in each window, in one round trip; None where Redis does not say."""
        if self._is_left_alone():
            return None
        answer: asyncio.Future[list[Counted] | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((windows, answer))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await answer

    async def is_there(self) -> bool:
        """Whether it answers, for who has time; no pause follows."""
        try:
            async with asyncio.timeout(LONG_PATIENCE):
                await self._redis.ping()  # pyright: ignore[reportUnknownMemberType]
        except (RedisError, OSError):
            return False
        return True

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        _answer(self._waiting, None)
        await self._redis.aclose()

    async def _ask_for_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            counted = None
            try:
                counted = await self._ask([window for windows, _ in batch for window in windows])
            finally:
                _answer(batch, counted)

    async def _ask(self, windows: Sequence[Window]) -> list[Counted] | None:
        if self._is_left_alone():
            return None
        was_away = self._asked_at is not None
        if was_away:
            self._asked_at = self._now() + PAUSE  # nobody else waits for this one
        try:
            async with asyncio.timeout(self._patience):
                counted = await self._count(windows)
        except Exception as failure:  # noqa: BLE001 - whatever it is, nobody is to suffer from it
            self._note_away(failure, is_news=not was_away)
            return None
        if was_away:
            self._asked_at = None
            emit(Event.RATE_LIMIT_AVAILABLE, storage=self._shown)
        return counted

    async def _count(self, windows: Sequence[Window]) -> list[Counted]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key, seconds in windows:
                pipeline.eval(COUNT, 1, f"{KEY_PREFIX}:{key}", str(seconds), "1")
                pipeline.ttl(f"{KEY_PREFIX}:{key}")
            said: list[int] = await pipeline.execute()
        # Redis rounds to the nearest second, and Retry-After must not be too early.
        return [
            (counted, min(max(left + 1, 1), seconds))
            for (_, seconds), counted, left in zip(windows, said[::2], said[1::2], strict=True)
        ]

    def _is_left_alone(self) -> bool:
        """Whether it was away a moment ago. A clock that was put back does not prolong that."""
        now = self._now()
        return self._asked_at is not None and now < self._asked_at <= now + PAUSE

    def _note_away(self, failure: BaseException, *, is_news: bool) -> None:
        self._asked_at = self._now() + PAUSE
        if is_news:
            cause = type(failure).__name__
            emit(Event.RATE_LIMIT_UNAVAILABLE, logging.WARNING, storage=self._shown, cause=cause)


@asynccontextmanager
async def open_redis(
    storage: Storage, *, now: Callable[[], int], ca_file: Path | None, patience: float = PATIENCE
) -> AsyncGenerator[RedisCounters]:
    """Open it without asking it, and close it at the end."""
    options: dict[str, Any] = {"retry": Retry(NoBackoff(), 0), "protocol": 2}
    if storage.url.startswith("rediss:") and ca_file is not None:
        options["ssl_ca_certs"] = str(ca_file)
    redis: Redis = Redis.from_url(storage.url, **options)  # pyright: ignore[reportUnknownMemberType]
    counters = RedisCounters(redis, storage.shown, now, patience)
    try:
        yield counters
    finally:
        await counters.close()
