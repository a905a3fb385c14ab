"""Connections to PostgreSQL: which of them a verb is given, and in what state."""

import asyncio
import time

import asyncpg
import pytest

from bridge.store import UnusableDatabase
from bridge.store.engine import Steps
from bridge.store.postgres import PoolLimits
from tests.relay import relayed
from tests.store.examples import look, new, steps, together
from tests.store.on_postgres import (
    IMPATIENT,
    OpenStore,
    end,
    known_to_the_server,
    opened,
    remain,
    told,
    unusable,
)

pytestmark = pytest.mark.anyio

OWN = "SELECT pg_backend_pid() AS pid"
SLOW = "SELECT pg_sleep(0.2), pg_backend_pid() AS pid"
# Long enough for somebody else to look at it meanwhile
SLOWER = "SELECT pg_sleep(0.6), pg_backend_pid() AS pid"

ADD = "INSERT INTO installation (name, value) VALUES ($1, 'added')"


async def pid(store: OpenStore, query: str = OWN) -> int:
    """Return which process of the server's answers."""
    [(*_, answers)] = await look(store.engine, query)
    assert isinstance(answers, int)
    return answers


async def pids(store: OpenStore, number: int) -> set[int]:
    """Return who answer where so many ask at once, each for a while."""
    return set(await asyncio.gather(*(pid(store, SLOW) for _ in range(number))))


async def at_work(url: str, number: int) -> set[int]:
    """Return which processes of the server's are at work, once there are so many."""
    for _ in range(100):
        states = await known_to_the_server(url)
        found = {pid for pid, state in states.items() if state == "active"}
        if len(found) == number:
            return found
        await asyncio.sleep(0.01)
    pytest.fail("the server does something else")


def raising() -> Steps[None]:
    yield ADD, ("half",)
    raise LookupError


async def test_there_are_never_more_than_the_setting_says(migrated_url: str) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        assert store.connections() == {"in_use": 0, "idle": 0}
        asking = [asyncio.create_task(pid(store, SLOWER if few < 3 else SLOW)) for few in range(6)]
        for _ in range(1_000):
            if store.connections() == {"in_use": 3, "idle": 0}:
                break
            await asyncio.sleep(0.005)
        assert len(set(await asyncio.gather(*asking))) == 3
        assert relay.connections == 3
        assert store.connections() == {"in_use": 0, "idle": 3}


async def test_the_one_that_was_used_last_is_used_next(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        known = await pids(store, 3)
        last = await pid(store)
        assert last in known
        assert {await pid(store) for _ in range(20)} == {last}


async def test_one_that_was_idle_for_long_is_not_used(migrated_url: str) -> None:
    moment = 0.0
    async with opened(migrated_url, clock=lambda: moment) as store:
        known = await pids(store, 3)
        moment = 299.0
        assert await pid(store) in known
        moment = 299.0 + 300.0
        assert await pid(store) not in known
        assert store.connections() == {"in_use": 0, "idle": 1}


async def test_those_that_a_crowd_needed_are_closed_once_nobody_does(migrated_url: str) -> None:
    moment = 0.0
    async with opened(migrated_url, clock=lambda: moment) as store:
        await pids(store, 3)
        last = 0
        for _ in range(5):
            moment += 100.0
            last = await pid(store)
        assert store.connections() == {"in_use": 0, "idle": 1}
        await remain(migrated_url, last)


async def test_one_that_the_server_ends_is_not_lent_and_the_others_are(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        known = await pids(store, 3)
        ended = await pid(store)
        await end(migrated_url, ended)
        assert await pid(store) in known - {ended}
        assert store.connections() == {"in_use": 0, "idle": 2}


async def test_when_one_is_lost_at_work_none_of_the_others_is_used_again(
    migrated_url: str,
) -> None:
    """Neither those that were idle nor those that were at work."""
    async with opened(migrated_url, PoolLimits(connections=4, timeout=5)) as store:
        known = await pids(store, 4)
        asking = [asyncio.create_task(pid(store, SLOWER)) for _ in range(2)]
        lost, other = await at_work(migrated_url, 2)
        await end(migrated_url, lost)
        answered = set(await asyncio.gather(*asking))
        assert answered & known == {other}
        assert not await pids(store, 4) & known


async def test_a_verb_that_raises_leaves_its_connection_as_it_was(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        before = await pid(store)
        with pytest.raises(LookupError):
            await store.engine.write(raising)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await store.engine.write(lambda: steps(ADD, ADD, values=("half",)))
        await remain(migrated_url, before)  # those of a test before may still be ending
        assert await known_to_the_server(migrated_url) == {before: "idle"}
        assert await pid(store) == before
        assert await look(store.engine, "SELECT name FROM installation WHERE name = 'half'") == []


async def test_one_that_does_not_take_back_what_was_begun_is_not_lent_again(
    migrated_url: str,
) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:

        def falling_silent() -> Steps[None]:
            yield ADD, ("half",)
            relay.silence()
            raise LookupError

        before, began = await pid(store), time.monotonic()
        with pytest.raises(LookupError):
            await store.engine.write(falling_silent)
        assert time.monotonic() - began < IMPATIENT.timeout + 1
        assert store.connections() == {"in_use": 0, "idle": 0}
        await relay.restore()
        assert await pid(store) != before
        assert await look(store.engine, "SELECT name FROM installation WHERE name = 'half'") == []


async def test_who_is_cancelled_takes_nothing_along_but_the_connection(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        known = await pids(store, 3)
        asking = asyncio.create_task(pid(store, SLOWER))
        await at_work(migrated_url, 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert store.connections() == {"in_use": 0, "idle": 2}
        assert len(await pids(store, 3) & known) == 2


async def test_at_whatever_moment_somebody_is_cancelled_the_others_get_their_own_answers(
    migrated_url: str,
) -> None:
    """While it waits, opens, begins, asks, commits: each connection is whole, or gone."""

    def adding(name: str) -> Steps[str]:
        yield ADD, (name,)
        [row] = yield "SELECT CAST($1 AS TEXT) AS said", (name,)
        said: str = row["said"]
        return said

    async def tell(name: str) -> None:
        assert await store.engine.write(lambda: adding(name)) == name

    names: set[str] = set()
    async with opened(migrated_url, PoolLimits(connections=3, timeout=5)) as store:
        for moment in range(120):
            # Every other time from the first connection on
            cut_short = [asyncio.create_task(tell(new("cut"))) for _ in range(4)]
            for _ in range(moment // 2):
                await asyncio.sleep(0.0005 if moment % 2 else 0)
            for task in cut_short:
                task.cancel()
            kept = {new("kept") for _ in range(4)}
            names |= kept
            await asyncio.gather(*map(tell, kept), asyncio.wait(cut_short))
            assert store.connections()["in_use"] == 0
            assert store.connections()["idle"] <= 3
        found = await look(store.engine, "SELECT name FROM installation WHERE value = 'added'")
        assert names <= {name for (name,) in found}
        await together(3, lambda: told(store))
    await remain(migrated_url)


async def test_after_a_change_of_the_schema_one_is_refused_and_all_are_opened_anew(
    migrated_url: str,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def marking() -> Steps[None]:
        yield "SELECT pg_sleep(0.1)", ()
        yield "SELECT * FROM installation WHERE name = 'schema_version'", ()

    limits = PoolLimits(connections=8, timeout=5)
    async with opened(migrated_url, limits, sleep=sleep) as store, opened(migrated_url) as another:
        await together(8, lambda: store.engine.write(marking))
        await another.engine.alter(lambda: steps("ALTER TABLE installation ADD COLUMN later TEXT"))
        for _ in range(3):
            await store.engine.write(marking)
        assert len(slept) == 1
        assert store.connections() == {"in_use": 0, "idle": 1}


async def test_what_is_under_way_when_it_is_closed_is_done(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        await together(3, lambda: told(store))
        asking = asyncio.create_task(pid(store, SLOWER))
        await at_work(migrated_url, 1)
        await store.close()
        assert asking.done()
        assert await asking
        await remain(migrated_url)


async def test_what_takes_too_long_is_ended_when_it_is_closed(migrated_url: str) -> None:
    async with opened(migrated_url, PoolLimits(connections=1, timeout=20)) as store:
        asking = asyncio.create_task(look(store.engine, "SELECT pg_sleep(20)"))
        await at_work(migrated_url, 1)
        began = time.monotonic()
        await store.close()
        with pytest.raises(UnusableDatabase):
            await asking
        assert time.monotonic() - began < 3
        assert store.connections() == {"in_use": 0, "idle": 0}
        # The server goes on, for it does not look whether anybody listens.
        await end(migrated_url, *await known_to_the_server(migrated_url))


async def test_who_asks_after_it_was_closed_is_refused_at_once(migrated_url: str) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        await told(store)
        await store.close()
        assert await unusable(store) == "it was closed"
        assert relay.connections == 1
