"""Counters within this process: windows that end, and a bounded number of them."""

import tracemalloc

from bridge.limiting.memory import MOST_COUNTED, Windows
from tests.world import Clock

MINUTE, HOUR = 60, 3_600


def test_a_window_begins_with_the_first_and_ends_after_so_many_seconds(clock: Clock) -> None:
    windows = Windows(clock)
    assert windows.left("a", MINUTE) == 0
    assert [windows.count("a", MINUTE) for _ in range(3)] == [1, 2, 3]
    clock.wind(59)
    assert (windows.count("a", MINUTE), windows.left("a", MINUTE)) == (4, 1)
    clock.wind(1)
    assert windows.left("a", MINUTE) == 0
    assert (windows.count("a", MINUTE), windows.left("a", MINUTE)) == (1, MINUTE)


def test_each_is_counted_for_themselves(clock: Clock) -> None:
    windows = Windows(clock)
    windows.count("a", MINUTE)
    assert windows.count("b", MINUTE) == 1


def test_what_has_ended_is_let_go(clock: Clock) -> None:
    windows = Windows(clock)
    for number in range(1_000):
        windows.count(f"key {number}", MINUTE)
    clock.wind(MINUTE)
    windows.count("later", MINUTE)
    assert len(windows) == 1


def test_of_a_hundred_thousand_addresses_the_last_are_counted(clock: Clock) -> None:
    windows = Windows(clock)
    for number in range(100_000):
        windows.count(f"{number:024x}", MINUTE)
    assert len(windows) == MOST_COUNTED
    assert windows.count(f"{99_999:024x}", MINUTE) == 2
    assert windows.count(f"{0:024x}", MINUTE) == 1, "who came first went first"


def test_each_takes_some_hundred_bytes(clock: Clock) -> None:
    windows = Windows(clock)
    tracemalloc.start()
    for number in range(1_000):
        windows.count(f"{number:024x}", MINUTE)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1_000 * 500


def test_a_clock_that_is_put_back_prolongs_nothing(clock: Clock) -> None:
    windows = Windows(clock)
    for _ in range(5):
        windows.count("a", MINUTE)
    clock.wind(-HOUR)
    assert windows.left("a", MINUTE) == 0
    assert windows.count("a", MINUTE) == 1


def test_a_clock_that_is_put_forward_ends_what_would_have_ended(clock: Clock) -> None:
    windows = Windows(clock)
    windows.count("a", HOUR)
    clock.wind(2 * HOUR)
    assert windows.count("a", HOUR) == 1
