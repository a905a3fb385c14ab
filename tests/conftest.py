"""Fixtures that every test may use."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme
from hypothesis import settings

from tests.fetching.strangers import Authority
from tests.postgres import database_url, emptied, migrated_url, postgres
from tests.world import Clock, Plan, World, world

__all__ = ["database_url", "emptied", "migrated_url", "postgres"]

# How long an example takes says how busy the machine is, and nothing about the program.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The configuration of logs is the process's own: give it back."""
    root, bridge = logging.getLogger(), logging.getLogger("bridge")
    handlers = [(logger, list(logger.handlers), logger.level) for logger in (root, bridge)]
    yield
    for logger, its_handlers, level in handlers:
        logger.handlers[:] = its_handlers
        logger.setLevel(level)
    logging.captureWarnings(capture=False)


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


@pytest.fixture
async def over_https(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    """The same, where everybody speaks https."""
    async with world(tmp_path, clock, Plan(tls=tls)) as opened:
        yield opened


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority of the operator's own, and servers that it vouches for."""
    folder = tmp_path_factory.mktemp("authority")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    names = ("127.0.0.1", "localhost", "rp.example.com")
    for file, certified in (("server.pem", names), ("other.pem", ("another.example.com",))):
        ca.issue_cert(*certified).private_key_and_cert_chain_pem.write_to_path(str(folder / file))
    return Authority(Path(folder))
