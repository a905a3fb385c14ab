"""Fixtures that every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import Clock, World, world


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def a_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    """A world with nothing special about it."""
    async with world(tmp_path, clock) as opened:
        yield opened
