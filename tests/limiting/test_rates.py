"""How often, and where it is counted, as the operator writes it."""

import pytest

from bridge.limiting import Storage, read_rate, read_storage


@pytest.mark.parametrize(
    ("text", "amount", "seconds"),
    [
        ("600/minute", 600, 60),
        ("600 per minute", 600, 60),
        ("10/hour", 10, 3600),
        (" 10/2 hours ", 10, 7200),
        ("1/30second", 1, 30),
        ("1000000/DAY", 1_000_000, 86_400),
    ],
)
def test_a_rate_is_written_as_the_library_has_it(text: str, amount: int, seconds: int) -> None:
    """The manual of ``limits``, "Rate limit string notation"."""
    rate = read_rate(text)
    assert rate is not None
    assert (rate.amount, rate.seconds) == (amount, seconds)


@pytest.mark.parametrize("text", ["off", " OFF"])
def test_off_takes_the_limit_away(text: str) -> None:
    assert read_rate(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "must be written like"),
        ("600", "must be written like"),
        ("600/fortnight", "must be written like"),
        ("-1/minute", "must be written like"),
        ("600/minute\nx", "must be written like"),
        ("600/0 minutes", "must be written like"),
        # The library would count by the first, and say nothing about the second
        ("10/second;600/minute", "must be written like"),
        ("0/minute", "must allow from 1 to 1000000"),
        ("1000001/minute", "must allow from 1 to 1000000"),
        ("10/2 days", "must be for a day at most"),
        ("10/month", "must be for a day at most"),
    ],
)
def test_what_is_no_rate_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_rate(text)


@pytest.mark.parametrize(
    ("text", "url", "shown"),
    [
        ("redis://cache", "redis://cache:6379", "redis://cache:6379"),
        ("redis://cache:7000/2", "redis://cache:7000/2", "redis://cache:7000/2"),
        ("redis://:pa%40ss@10.0.0.1", "redis://:pa%40ss@10.0.0.1:6379", "redis://10.0.0.1:6379"),
        ("rediss://me:pass@[::1]/0", "rediss://me:pass@[::1]:6379/0", "rediss://[::1]:6379/0"),
    ],
)
def test_a_password_is_never_shown(text: str, url: str, shown: str) -> None:
    storage = read_storage(text)
    assert storage == Storage("redis", url, shown)
    assert "pa" not in repr(storage)


def test_memory_is_a_word() -> None:
    assert read_storage("memory") == Storage("memory")


@pytest.mark.parametrize(
    "text",
    [
        *("", "Memory", "redis", "redis://", "redis:cache", "http://cache", "redis://cache:port"),
        *("redis://cache:99999", "redis://cache/name", "redis://cache?timeout=1", "redis://c#1"),
        *("redis://one,two", "redis://ca che", "redis://cache\n", "redis://[::1"),
    ],
)
def test_what_is_no_storage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be memory, or redis://"):
        read_storage(text)
