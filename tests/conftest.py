"""Fixtures that every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from tests.world import Clock, World, world


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority that all trust, and its certificate for this machine."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return folder


@pytest.fixture
async def a_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    """A world with nothing special about it."""
    async with world(tmp_path, clock) as opened:
        yield opened
