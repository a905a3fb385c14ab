"""A store on PostgreSQL whose engine is at hand, and what tests ask of it."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from bridge.store import Store, UnusableDatabase
from bridge.store.postgres import PoolLimits, PostgreSQLEngine

IMPATIENT = PoolLimits(connections=3, timeout=1)

# A request is answered within this, whatever has become of the database. Seconds.
AT_ONCE = 2.0

# What the server knows of us, in the eyes of somebody else
OURS = """
    SELECT pid, state FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'wechat-oidc'
"""


class OpenStore(Store):
    """A store whose engine is at hand, for verbs of the test's own."""

    def __init__(self, engine: PostgreSQLEngine) -> None:
        super().__init__(engine)
        self.engine = engine


@asynccontextmanager
async def opened(
    url: str, limits: PoolLimits = IMPATIENT, **chance: Any
) -> AsyncGenerator[OpenStore]:
    engine = PostgreSQLEngine(url, limits, **chance)
    try:
        yield OpenStore(engine)
    finally:
        await engine.close()


async def unusable(store: Store) -> str:
    """Ask something; return how that is refused. It takes no longer than ``AT_ONCE``."""
    before = time.monotonic()
    with pytest.raises(UnusableDatabase) as refused:
        await store.client("rp")
    assert time.monotonic() - before < AT_ONCE
    return str(refused.value).removeprefix("the PostgreSQL database cannot be used: ")


async def told(store: Store) -> None:
    assert await store.client("rp") is None


async def known_to_the_server(url: str) -> dict[int, str]:
    connection = await asyncpg.connect(url)
    try:
        return {row["pid"]: row["state"] for row in await connection.fetch(OURS)}
    finally:
        await connection.close()


async def remain(url: str, *expected: int) -> None:
    """Return once the server has ended all but these of its processes."""
    for _ in range(100):
        if set(await known_to_the_server(url)) == set(expected):
            return
        await asyncio.sleep(0.02)
    pytest.fail("the server knows others")


async def end(url: str, *backends: int) -> None:
    """Let the server end these of its processes."""
    connection = await asyncpg.connect(url)
    try:
        for backend in backends:
            await connection.execute(f"SELECT pg_terminate_backend({backend}, 1000)")
    finally:
        await connection.close()
