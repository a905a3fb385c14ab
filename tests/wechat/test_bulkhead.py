"""So many at once, the rest in turn, and nobody for ever."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest

from bridge.wechat.bulkhead import RETRY_AFTER, WAITING_FOR_EACH, Bulkhead
from bridge.wechat.errors import WeChatCrowded

pytestmark = pytest.mark.anyio

LONG = 60


class Crowd:
    """People who take a place, and leave it when they are told."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead = bulkhead
        self.inside: list[int] = []
        self.turned_away: list[int] = []
        self.retry_after = 0
        self._leave: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def come(self, *numbers: int) -> None:
        for number in numbers:
            self._leave[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._come(number))
        await settled()

    async def leave(self, *numbers: int) -> None:
        for number in numbers:
            self._leave[number].set()
        await settled()

    async def _come(self, number: int) -> None:
        try:
            async with self.bulkhead.place():
                self.inside.append(number)
                try:
                    await self._leave[number].wait()
                finally:
                    self.inside.remove(number)
        except WeChatCrowded as crowded:
            self.turned_away.append(number)
            self.retry_after = crowded.retry_after


async def settled() -> None:
    """Let everybody do what they can."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def crowd(at_once: int, *, patience: float = LONG) -> AsyncGenerator[Crowd]:
    people = Crowd(Bulkhead(at_once, patience=patience))
    yield people
    for task in people.tasks.values():
        task.cancel()
    await asyncio.gather(*people.tasks.values(), return_exceptions=True)


async def test_as_many_as_there_are_places_are_inside() -> None:
    async with crowd(2) as people:
        await people.come(1, 2, 3)
        assert people.inside == [1, 2]


async def test_who_waits_comes_in_turn() -> None:
    async with crowd(1) as people:
        await people.come(1, 2, 3)
        await people.leave(1)
        assert people.inside == [2]
        await people.come(4)
        await people.leave(2)
        assert people.inside == [3]


async def test_where_too_many_wait_the_next_is_turned_away_at_once() -> None:
    async with crowd(1) as people:
        waiting = range(1, WAITING_FOR_EACH + 1)
        await people.come(0, *waiting)
        assert people.turned_away == []
        await people.come(99)
        assert (people.turned_away, people.retry_after) == ([99], RETRY_AFTER)
        await people.leave(0)
        await people.come(100)
        assert people.turned_away == [99]


@pytest.mark.parametrize("patience", [0, 0.01])
async def test_nobody_waits_longer_than_there_is_patience(patience: float) -> None:
    async with crowd(1, patience=patience) as people:
        await people.come(1, 2)
        with anyio.fail_after(5):
            await people.tasks[2]
        assert people.turned_away == [2]
        await people.leave(1)
        await people.come(3)
        assert people.inside == [3]


async def test_who_goes_away_while_they_wait_takes_no_place_along() -> None:
    async with crowd(1) as people:
        await people.come(1, 2, 3)
        people.tasks[2].cancel()
        await people.leave(1)
        assert people.inside == [3]


async def test_who_goes_away_at_the_moment_of_their_turn_takes_no_place_along() -> None:
    async with crowd(1) as people:
        await people.come(1, 2, 3)
        people.tasks[1].cancel()
        await anyio.lowlevel.checkpoint()  # the place is 2's now, who does not know it yet
        people.tasks[2].cancel()
        await settled()
        assert people.inside == [3]


@pytest.mark.parametrize("failure", [ValueError, TimeoutError])
async def test_a_place_is_given_back_whatever_happened(failure: type[Exception]) -> None:
    bulkhead = Bulkhead(1, patience=LONG)
    with pytest.raises(failure):
        async with bulkhead.place():
            raise failure
    with anyio.fail_after(5):
        async with bulkhead.place():
            pass
