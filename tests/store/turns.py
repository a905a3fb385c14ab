"""Work that one of several processes does at a time."""

from bridge.store import Store
from bridge.store.turn import LONGEST_TURN
from tests.store.examples import DAY, NOW, together

UNTIL = NOW + 60


class TurnsConformance:
    async def test_one_of_many_has_the_turn(self, store: Store) -> None:
        had: list[bool] = []
        names = iter("abcdefgh")

        async def take() -> None:
            had.append(await store.take_turn("work", next(names), now=NOW, until=UNTIL))

        await together(8, take)
        assert sorted(had) == [False] * 7 + [True]

    async def test_who_has_it_may_keep_it_and_let_go(self, store: Store) -> None:
        assert await store.take_turn("work", "a", now=NOW, until=UNTIL)
        assert await store.take_turn("work", "a", now=NOW + 30, until=UNTIL + 30)
        assert not await store.take_turn("work", "b", now=UNTIL, until=UNTIL + 60)
        assert await store.take_turn("work", "a", now=UNTIL, until=UNTIL)
        assert await store.take_turn("work", "b", now=UNTIL, until=UNTIL + 60)
        assert not await store.take_turn("work", "a", now=UNTIL, until=UNTIL + 60)

    async def test_who_died_loses_it_by_time(self, store: Store) -> None:
        assert await store.take_turn("work", "dead", now=NOW, until=UNTIL)
        assert not await store.take_turn("work", "b", now=UNTIL - 1, until=UNTIL + 60)
        assert await store.take_turn("work", "b", now=UNTIL, until=UNTIL + 60)

    async def test_a_turn_that_a_wrong_clock_took_for_years_is_nobodys(self, store: Store) -> None:
        years = NOW + 1_000 * DAY
        assert await store.take_turn("work", "wrong", now=years, until=years + 60)
        assert await store.take_turn("work", "b", now=NOW, until=UNTIL)
        longest = NOW + LONGEST_TURN
        assert await store.take_turn("other", "a", now=NOW, until=longest)
        assert not await store.take_turn("other", "b", now=NOW, until=UNTIL)

    async def test_each_work_has_a_turn_of_its_own(self, store: Store) -> None:
        assert await store.take_turn("one", "a", now=NOW, until=UNTIL)
        assert await store.take_turn("other", "b", now=NOW, until=UNTIL)
