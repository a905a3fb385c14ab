"""Counters in Redis, over real sockets: shared, quick to give up, and never in anybody's way."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from time import monotonic

import anyio.lowlevel
import pytest

from bridge.limiting import Limit, RateLimiter, read_rate, read_storage
from bridge.limiting.shared import PATIENCE, PAUSE, RedisCounters, open_redis
from tests.redis_server import PASSWORD, RedisServer, redis_server
from tests.world import Clock

pytestmark = pytest.mark.anyio

# Where it does not matter how long an answer takes: the machine may be busy with other tests.
PATIENT = 20


@pytest.fixture(scope="module")
async def shared_server() -> AsyncIterator[RedisServer]:
    async with redis_server() as opened:
        yield opened


@pytest.fixture
async def server(shared_server: RedisServer) -> RedisServer:
    """Redis with nothing in it."""
    async with shared_server.asked() as redis:
        await redis.flushall()
    return shared_server


@pytest.fixture
async def mortal() -> AsyncIterator[RedisServer]:
    """Redis that a test may kill."""
    async with redis_server() as opened:
        yield opened


def counters(
    server: RedisServer, clock: Clock, ca_file: Path | None = None, patience: float = PATIENT
) -> AbstractAsyncContextManager[RedisCounters]:
    storage = read_storage(server.url)
    return open_redis(storage, now=clock, ca_file=ca_file, patience=patience)


def node(shared: RedisCounters, clock: Clock, rate: str = "3/minute") -> RateLimiter:
    """One of several processes of a bridge."""
    read = read_rate(rate)
    assert read is not None
    return RateLimiter({Limit.PAGES: read}, secret=b"s" * 32, now=clock, shared=shared)


async def passed(limiter: RateLimiter, times: int, who: str = "192.0.2.1") -> int:
    return sum([await limiter.count(Limit.PAGES, who) is None for _ in range(times)])


async def commands(server: RedisServer) -> dict[str, int]:
    """How often each command of ours was given."""
    async with server.asked() as redis:
        stats = await redis.info("commandstats")
        ours = {
            name.removeprefix("cmdstat_"): stat["calls"]
            for name, stat in stats.items()
            if name.removeprefix("cmdstat_")
            in {"eval", "evalsha", "script", "ttl", "get", "incrby"}
        }
        await redis.config_resetstat()
    return ours


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bridge"]


async def test_all_who_share_it_count_together(server: RedisServer, clock: Clock) -> None:
    async with counters(server, clock) as one, counters(server, clock) as other:
        assert await passed(node(one, clock), 2) == 2
        assert await passed(node(other, clock), 5) == 1
        assert await passed(node(one, clock), 5) == 0
        assert await passed(node(one, clock), 1, "192.0.2.2") == 1


async def test_how_long_is_what_redis_says(server: RedisServer, clock: Clock) -> None:
    async with counters(server, clock) as shared:
        limiter = node(shared, clock, "1/hour")
        await limiter.count(Limit.PAGES, "a")
        async with server.asked() as redis:
            (key,) = await redis.keys("*")
            await redis.expire(key, 40)
        refused = await limiter.count(Limit.PAGES, "a")
        assert refused is not None
        assert 39 <= refused.seconds <= 41
        clock.wind(refused.seconds)
        async with server.asked() as redis:
            assert await redis.delete(key) == 1
        assert await limiter.count(Limit.PAGES, "a") is None


async def test_a_count_is_one_round_trip_and_whoever_is_refused_costs_none(
    server: RedisServer, clock: Clock
) -> None:
    async with counters(server, clock) as shared:
        limiter = node(shared, clock, "20/minute")
        await commands(server)
        assert await passed(limiter, 20) == 20
        assert await commands(server) == {"eval": 20, "incrby": 20, "ttl": 20}
        assert await passed(limiter, 50) == 0
        assert await commands(server) == {"eval": 1, "incrby": 1, "ttl": 1}
        assert limiter.standing(Limit.PAGES, "192.0.2.1") is not None
        assert await limiter.count(Limit.REGISTRATIONS, "192.0.2.1") is None
        assert await limiter.count(Limit.PAGES, None) is None
        assert await commands(server) == {}


async def test_who_come_together_are_one_question_and_each_is_told_their_own(
    server: RedisServer, clock: Clock
) -> None:
    async with counters(server, clock) as shared:
        limiter = node(shared, clock, "3/minute")
        asked = [limiter.count(Limit.PAGES, who) for who in ("a", "b", "a", "a", "b", "a")]
        answers = await asyncio.gather(*asked)
        assert [answer is None for answer in answers] == [True] * 5 + [False]
        many = [shared.count((f"key {n % 7}", 60), ("all", 60)) for n in range(250)]
        told_each = await asyncio.gather(*many)
        assert [each[1][0] for each in told_each if each] == list(range(1, 251))
        assert [each[0][0] for each in told_each if each] == [n // 7 + 1 for n in range(250)]


async def test_whoever_goes_away_takes_no_answer_from_the_others(
    server: RedisServer, clock: Clock
) -> None:
    async with counters(server, clock) as shared:
        tasks = [asyncio.create_task(shared.count((f"key {n}", 60))) for n in range(3)]
        await anyio.lowlevel.checkpoint()
        tasks[1].cancel()
        assert await tasks[0] == await tasks[2] == [(1, 60)]
        with pytest.raises(asyncio.CancelledError):
            await tasks[1]


async def test_redis_learns_no_address_and_keeps_nothing_for_longer_than_the_window(
    server: RedisServer, clock: Clock
) -> None:
    async with counters(server, clock) as shared:
        await passed(node(shared, clock), 2)
    async with server.asked() as redis:
        (key,) = await redis.keys("*")
        assert str(key).startswith("b'wechat-oidc:pages_per_address/")
        assert "192.0.2" not in str(key)
        assert 0 < await redis.ttl(key) <= 60


async def test_without_redis_each_counts_for_itself_and_the_log_says_so_once(
    mortal: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with counters(mortal, clock) as shared:
        limiter = node(shared, clock)
        assert await passed(limiter, 2) == 2
        await mortal.kill()
        assert await passed(limiter, 5) == 3, "it begins anew, and is limited all the same"
        clock.wind(60)
        assert await passed(limiter, 5) == 3
        (away,) = told(caplog)
        assert away.startswith(
            f"rate_limit.unavailable storage=redis://localhost:{mortal.port}/0 cause="
        )
        await mortal.start()
        clock.wind(60)
        assert await passed(limiter, 5) == 3
        assert told(caplog)[1:] == [
            f"rate_limit.available storage=redis://localhost:{mortal.port}/0"
        ]
        async with mortal.asked() as redis:
            assert await redis.dbsize() == 1
    assert PASSWORD not in caplog.text


async def test_a_redis_that_answers_nothing_is_waited_for_once_and_left_alone_for_a_while(
    mortal: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """No sign-in waits longer than a tenth of a second, and those after it not at all."""
    caplog.set_level(logging.INFO)
    async with counters(mortal, clock, patience=PATIENCE) as shared:
        limiter = node(shared, clock, "1000/minute")
        mortal.pause()
        began = monotonic()
        assert await passed(limiter, 1) == 1
        first = monotonic() - began
        assert PATIENCE * 0.9 <= first < 20 * PATIENCE
        assert await passed(limiter, 200) == 200
        assert monotonic() - began - first < 10 * PATIENCE, "two hundred, and nobody waited"
        clock.wind(PAUSE)
        assert await passed(limiter, 200) == 200
        assert len(told(caplog)) == 1


async def test_a_clock_that_is_put_back_does_not_keep_redis_waiting(
    mortal: RedisServer, clock: Clock
) -> None:
    async with counters(mortal, clock) as shared:
        await mortal.kill()
        assert await shared.count(("key", 60)) is None
        await mortal.start()
        assert await shared.count(("key", 60)) is None
        clock.wind(-3_600)
        assert await shared.count(("key", 60)) == [(1, 60)]


async def test_a_wrong_password_is_as_good_as_no_redis(
    server: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = read_storage(server.url.replace(PASSWORD, "a-wrong-password"))
    async with open_redis(wrong, now=clock, ca_file=None, patience=PATIENT) as shared:
        assert await passed(node(shared, clock), 5) == 3
        assert not await shared.is_there()
    (line,) = told(caplog)
    assert line.endswith(" cause=AuthenticationError")
    assert "a-wrong-password" not in caplog.text


async def test_over_tls_the_certificate_may_be_of_the_operators_own_authority(
    tls: Path, clock: Clock
) -> None:
    async with redis_server(tls) as secured:
        async with counters(secured, clock, tls / "ca.pem") as trusted:
            assert await trusted.is_there()
            assert await trusted.count(("key", 60), ("other", 9)) == [(1, 60), (1, 9)]
        async with counters(secured, clock) as untrusting:
            assert not await untrusting.is_there()
