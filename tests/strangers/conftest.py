from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.strangers.by_line import Program
from tests.strangers.missing import check_node_modules
from tests.strangers.node import on_node
from tests.world import Clock, Plan, World, world


@pytest.fixture
async def https_world(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(tls=tls)) as opened:
        yield opened


@pytest.fixture(scope="session")
async def node(tls: Path) -> AsyncIterator[Program]:
    check_node_modules()
    async with on_node("openid_client.mjs", ca_file=tls / "ca.pem") as running:
        yield running
