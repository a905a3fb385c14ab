"""A store on PostgreSQL whose engine is at hand, and what tests ask of it."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.store import Store, UnusableDatabase
from bridge.store.postgres import PoolLimits, PostgreSQLEngine

IMPATIENT = PoolLimits(connections=3, timeout=1)

# A request is answered within this, whatever has become of the database. Seconds.
AT_ONCE = 2.0


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
