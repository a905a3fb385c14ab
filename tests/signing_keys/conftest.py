"""A database that nodes share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signing_keys.nodes import Node, node


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database, of each engine."""
    return address_of(request, tmp_path)


def address_of(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'bridge.db'}"
    url: str = request.getfixturevalue("migrated_url")
    return url


@pytest.fixture
async def one(address: str) -> AsyncIterator[Node]:
    async with node(address) as opened:
        yield opened


@pytest.fixture
async def other(one: Node, address: str) -> AsyncIterator[Node]:
    assert one.engine.asked  # its tables are there
    async with node(address) as opened:
        yield opened
