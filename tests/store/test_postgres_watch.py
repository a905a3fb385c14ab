"""How long PostgreSQL may take to answer, and what becomes of those who wait for nothing.

Behind a pooler a statement that only reads has no limit of the server's own, so here it is ours.
"""

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from bridge.store import UnusableDatabase
from bridge.store.postgres import PoolLimits
from tests.store.examples import look, steps
from tests.store.on_postgres import OpenStore, end, known_to_the_server, opened, told

pytestmark = pytest.mark.anyio

LIMITS = PoolLimits(connections=4, timeout=1, statement_cache_size=0)
# Of our own limit, half a second more than the server's
PATIENCE = 1.5

FOR_LONG = "SELECT pg_sleep(30)"


@pytest.fixture
async def store(migrated_url: str) -> AsyncGenerator[OpenStore]:
    async with opened(migrated_url, LIMITS) as store:
        yield store
    await end(migrated_url, *await known_to_the_server(migrated_url))


async def waited(store: OpenStore) -> float:
    """Ask what takes too long; return after how many seconds that was given up."""
    before = time.monotonic()
    with pytest.raises(UnusableDatabase, match="it does not answer in time"):
        await look(store.engine, FOR_LONG)
    return time.monotonic() - before


async def test_a_verb_may_take_longer_than_each_of_its_statements(store: OpenStore) -> None:
    slow = ["SELECT pg_sleep(0.7)"] * 3
    await store.engine.read(lambda: steps(*slow))
    await store.engine.write(lambda: steps(*slow))


async def test_each_is_given_up_when_its_own_time_is_over(store: OpenStore) -> None:
    asked = [asyncio.create_task(waited(store))]
    for _ in range(2):
        await asyncio.sleep(0.4)
        asked.append(asyncio.create_task(waited(store)))
    for seconds in await asyncio.gather(*asked):
        assert PATIENCE - 0.05 < seconds < PATIENCE + 1
    assert store.connections() == {"in_use": 0, "idle": 0}


async def test_who_asked_later_gets_an_answer(store: OpenStore) -> None:
    given_up = asyncio.create_task(waited(store))
    await asyncio.sleep(1)
    assert await look(store.engine, "SELECT pg_sleep(1), 1 AS answer") == [(None, 1)]
    assert given_up.done()
    await given_up


async def test_after_a_pause_somebody_watches_again(store: OpenStore) -> None:
    await told(store)
    await asyncio.sleep(PATIENCE + 0.2)
    assert store.connections() == {"in_use": 0, "idle": 1}
    assert await waited(store) < PATIENCE + 1
