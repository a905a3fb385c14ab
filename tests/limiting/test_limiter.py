"""Whether somebody has asked once too often, and for how long that is so."""

import logging

import pytest

from bridge.limiting import Limit, RateLimiter, Refused, read_rate
from tests.world import Clock

pytestmark = pytest.mark.anyio

SECRET = b"s" * 32


def limiter(clock: Clock, **rates: str) -> RateLimiter:
    read = {Limit[name]: read_rate(rate) for name, rate in rates.items()}
    return RateLimiter(
        {limit: rate for limit, rate in read.items() if rate is not None}, secret=SECRET, now=clock
    )


async def test_so_many_pass_and_the_next_waits_until_the_window_ends(clock: Clock) -> None:
    """RFC 6585 §4, RFC 9110 §10.2.3: whole seconds, after which it is allowed."""
    limited = limiter(clock, PAGES="3/minute")
    assert [await limited.count(Limit.PAGES, "a") for _ in range(3)] == [None] * 3
    clock.wind(20)
    assert await limited.count(Limit.PAGES, "a") == Refused(Limit.PAGES, 40)
    clock.wind(39)
    assert await limited.count(Limit.PAGES, "a") == Refused(Limit.PAGES, 1)
    clock.wind(1)
    assert [await limited.count(Limit.PAGES, "a") for _ in range(3)] == [None] * 3


async def test_to_ask_on_does_not_prolong_it(clock: Clock) -> None:
    limited = limiter(clock, PAGES="1/minute")
    for _ in range(100):
        await limited.count(Limit.PAGES, "a")
    clock.wind(60)
    assert await limited.count(Limit.PAGES, "a") is None


async def test_others_and_other_limits_are_not_touched(clock: Clock) -> None:
    limited = limiter(clock, PAGES="1/minute", TOKEN_FAILURES="1/minute")
    for _ in range(2):
        await limited.count(Limit.PAGES, "a")
    assert await limited.count(Limit.PAGES, "b") is None
    assert await limited.count(Limit.TOKEN_FAILURES, "a") is None
    assert await limited.count(Limit.PAGES, "a", "b") is None


async def test_what_is_off_counts_nobody(clock: Clock) -> None:
    limited = limiter(clock, PAGES="off")
    assert [await limited.count(Limit.PAGES, "a") for _ in range(10)] == [None] * 10
    assert limited.standing(Limit.PAGES, "a") is None


async def test_who_has_no_address_is_not_limited_by_it(clock: Clock) -> None:
    """Else all who come by a Unix socket would be one."""
    limited = limiter(clock, PAGES="1/minute", FAILURES_OF_A_CLIENT="1/minute")
    for _ in range(5):
        assert await limited.count(Limit.PAGES, None) is None
        assert await limited.count(Limit.FAILURES_OF_A_CLIENT, "client", None) is None


async def test_to_look_counts_nothing(clock: Clock) -> None:
    limited = limiter(clock, WECHAT_FAILURES="2/minute")
    assert [limited.standing(Limit.WECHAT_FAILURES, "a") for _ in range(9)] == [None] * 9
    for _ in range(3):
        await limited.count(Limit.WECHAT_FAILURES, "a")
    assert limited.standing(Limit.WECHAT_FAILURES, "a") == Refused(Limit.WECHAT_FAILURES, 60)
    clock.wind(60)
    assert limited.standing(Limit.WECHAT_FAILURES, "a") is None


async def test_the_clock_put_back_by_an_hour_locks_nobody_out(clock: Clock) -> None:
    limited = limiter(clock, PAGES="1/minute")
    for _ in range(2):
        await limited.count(Limit.PAGES, "a")
    clock.wind(-3_600)
    assert await limited.count(Limit.PAGES, "a") is None


async def test_the_log_has_one_line_a_minute_with_how_many_there_were(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limited = limiter(clock, PAGES="1/minute")
    with caplog.at_level(logging.INFO):
        for second in range(61):
            limited.note(Limit.PAGES, endpoint="/authorize", address=f"192.0.2.{second}")
            clock.wind(1)
        limited.note(Limit.TOKEN_FAILURES, endpoint="/userinfo", address=None)
    first, later, other = (record.getMessage() for record in caplog.records)
    assert first.startswith("rate_limit.exceeded limit=pages_per_address endpoint=/authorize add")
    assert first.endswith(" refused=1")
    assert later.endswith(" refused=60")
    assert other == (
        "rate_limit.exceeded limit=token_failures_per_address endpoint=/userinfo refused=1"
    )
    assert "192.0.2." not in caplog.text


async def test_one_address_has_one_name_in_the_log_whatever_the_limit(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limited = limiter(clock)
    with caplog.at_level(logging.INFO):
        limited.note(Limit.PAGES, endpoint="/authorize", address="192.0.2.1")
        limited.note(Limit.TOKEN_FAILURES, endpoint="/userinfo", address="192.0.2.1")
    names = {
        part
        for record in caplog.records
        for part in record.getMessage().split()
        if part.startswith("address=")
    }
    assert len(names) == 1
