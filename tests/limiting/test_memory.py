"""Counters within this process: windows that end, and a bounded number of them."""

import tracemalloc

import pytest

from bridge.limiting.memory import MOST_COUNTED, Windows
from tests.world import Clock

MINUTE, HOUR = 60, 3_600


def test_a_window_begins_with_the_first_and_ends_after_so_many_seconds(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    assert windows.left("a") == 0
    assert [windows.count("a") for _ in range(3)] == [1, 2, 3]
    clock.wind(59)
    assert (windows.count("a"), windows.left("a")) == (4, 1)
    clock.wind(1)
    assert windows.left("a") == 0
    assert (windows.count("a"), windows.left("a")) == (1, MINUTE)


def test_each_is_counted_for_themselves(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    windows.count("a")
    assert windows.count("b") == 1


@pytest.mark.parametrize("later", [1, 30, 59])
def test_a_window_lasts_as_long_whenever_it_began(clock: Clock, later: int) -> None:
    """Also where others have begun before it, and others go on meanwhile."""
    windows = Windows(clock, MINUTE)
    windows.count("first")
    clock.wind(later)
    windows.count("a")
    for second in range(1, MINUTE):
        clock.wind(1)
        windows.count(f"in second {second}")
        assert (windows.count("a"), windows.left("a")) == (second + 1, MINUTE - second)
    clock.wind(1)
    assert windows.left("a") == 0


def test_a_shorter_window_ends_sooner(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    windows.begin("a", 20)
    assert windows.left("a") == 20
    clock.wind(20)
    assert windows.left("a") == 0


def test_what_has_ended_is_let_go(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    for number in range(1_000):
        windows.count(f"key {number}")
    clock.wind(MINUTE)
    windows.count("later")
    clock.wind(MINUTE)
    windows.count("later still")
    assert len(windows) == 2
    clock.wind(HOUR)
    windows.count("much later")
    assert len(windows) == 1


def test_of_a_hundred_thousand_addresses_the_last_are_counted(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    for number in range(100_000):
        windows.count(f"{number:024x}")
        assert len(windows) <= MOST_COUNTED
    for number in range(100_000 - MOST_COUNTED // 2, 100_000):
        assert windows.left(f"{number:024x}")
    assert windows.count(f"{99_999:024x}") == 2
    assert windows.count(f"{0:024x}") == 1, "who came first went first"


def test_each_takes_some_hundred_bytes(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    tracemalloc.start()
    for number in range(10_000):
        windows.count(f"{number:024x}")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 10_000 * 200


def test_a_clock_that_is_put_back_prolongs_nothing(clock: Clock) -> None:
    windows = Windows(clock, MINUTE)
    for _ in range(5):
        windows.count("a")
    clock.wind(-HOUR)
    assert windows.left("a") == 0
    assert windows.count("a") == 1


def test_a_clock_that_is_put_forward_ends_what_would_have_ended(clock: Clock) -> None:
    windows = Windows(clock, HOUR)
    windows.count("a")
    clock.wind(2 * HOUR)
    assert windows.count("a") == 1
