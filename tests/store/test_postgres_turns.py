"""Who may use a connection to PostgreSQL, and when."""

import asyncio

import pytest

from bridge.store.postgres.failures import Crowded
from bridge.store.postgres.turns import Turns

pytestmark = pytest.mark.anyio


async def settled() -> None:
    """Let everybody go on who can."""
    for _ in range(5):
        await asyncio.sleep(0)


def waiting(turns: Turns, number: int, came: list[int]) -> "list[asyncio.Task[None]]":
    """Let so many wait; who has had their turn is in ``came``, and keeps it."""

    async def wait(name: int) -> None:
        await turns.take()
        came.append(name)

    return [asyncio.create_task(wait(name)) for name in range(number)]


async def test_so_many_have_a_turn_at_a_time_in_the_order_in_which_they_came() -> None:
    turns, came = Turns(2, timeout=5), list[int]()
    tasks = waiting(turns, 5, came)
    await settled()
    assert came == [0, 1]
    for expected in ([0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]):
        turns.give()
        await settled()
        assert came == expected
    assert all(task.done() for task in tasks)


async def test_a_turn_that_nobody_waits_for_is_there_for_the_next() -> None:
    turns = Turns(1, timeout=5)
    for _ in range(3):
        await turns.take()
        turns.give()


async def test_who_comes_later_does_not_go_before_those_who_wait() -> None:
    turns, came = Turns(1, timeout=5), list[int]()
    await turns.take()
    tasks = waiting(turns, 2, came)
    await settled()
    turns.give()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(turns.take(), 0.05)
    assert came == [0]
    turns.give()
    await settled()
    assert came == [0, 1]
    assert all(task.done() for task in tasks)


async def test_who_waits_for_long_is_told_and_those_after_them_wait_on() -> None:
    turns, came = Turns(1, timeout=1.0), list[int]()
    await turns.take()
    [first] = waiting(turns, 1, came)
    await asyncio.sleep(0.6)
    [second] = waiting(turns, 1, came)
    with pytest.raises(Crowded):
        await first
    assert not second.done()
    turns.give()
    await second
    # … and those who come once nobody waits
    with pytest.raises(Crowded):
        await asyncio.wait_for(turns.take(), 2)
    turns.give()
    await turns.take()


async def test_each_is_told_when_their_own_time_is_over() -> None:
    turns, came = Turns(1, timeout=0.1), list[int]()
    await turns.take()
    loop = asyncio.get_running_loop()
    for pause in (0.05, 0.03, 0.2):
        began, [waiter] = loop.time(), waiting(turns, 1, came)
        await asyncio.sleep(pause)
        [another] = waiting(turns, 1, came)
        with pytest.raises(Crowded):
            await asyncio.wait_for(another, 2)
        assert waiter.done()
        assert 0.1 + pause - 0.01 < loop.time() - began < 2
        assert isinstance(waiter.exception(), Crowded)


async def test_those_who_come_together_are_told_together() -> None:
    turns, came = Turns(1, timeout=0.1), list[int]()
    await turns.take()
    told = await asyncio.gather(*waiting(turns, 50, came), return_exceptions=True)
    assert {type(failure) for failure in told} == {Crowded}
    assert came == []


@pytest.mark.parametrize("order", ["cancelled, given", "given, cancelled"])
async def test_the_turn_of_who_is_cancelled_is_the_next_ones(order: str) -> None:
    """Also where it was theirs already, and they were cancelled before they knew."""
    turns, came = Turns(1, timeout=5), list[int]()
    await turns.take()
    tasks = waiting(turns, 3, came)
    await settled()
    for event in order.split(", "):
        if event == "given":
            turns.give()
        else:
            tasks[0].cancel()
    await settled()
    assert tasks[0].cancelled()
    assert came == [1]
    turns.give()
    await settled()
    assert came == [1, 2], "nobody is left who would be told in the middle of another test"


async def test_who_is_cancelled_once_their_time_is_over_leaves_no_turn() -> None:
    turns = Turns(1, timeout=0.05)
    await turns.take()

    async def wait_and_cancel() -> None:
        with pytest.raises(Crowded):
            await turns.take()
        other.cancel()  # who is told in the same moment, and does not know yet

    first = asyncio.create_task(wait_and_cancel())
    other = asyncio.create_task(turns.take())
    await first
    with pytest.raises(asyncio.CancelledError):
        await other
    with pytest.raises(Crowded):
        await turns.take()
