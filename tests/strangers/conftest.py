from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.strangers.missing import check_node_modules
from tests.strangers.node import OpenIDClient, openid_client
from tests.world import Clock, Plan, World, world


@pytest.fixture
async def https_world(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(tls=tls)) as opened:
        yield opened


@pytest.fixture(scope="session")
async def node(tls: Path) -> AsyncIterator[OpenIDClient]:
    check_node_modules()
    async with openid_client(tls / "ca.pem") as running:
        yield running
