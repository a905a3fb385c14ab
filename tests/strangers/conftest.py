from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from tests.strangers.missing import check_node_modules
from tests.strangers.node import OpenIDClient, openid_client
from tests.world import Clock, Plan, World, world


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority that the strangers trust, and its certificate for this machine."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return folder


@pytest.fixture
async def https_world(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(tls=tls)) as opened:
        yield opened


@pytest.fixture(scope="session")
async def node(tls: Path) -> AsyncIterator[OpenIDClient]:
    check_node_modules()
    async with openid_client(tls / "ca.pem") as running:
        yield running
