"""A certificate authority of the operator's own, and servers that it vouches for."""

from pathlib import Path

import pytest
import trustme

from tests.fetching.strangers import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    names = ("127.0.0.1", "localhost", "rp.example.com")
    for file, certified in (("server.pem", names), ("other.pem", ("another.example.com",))):
        ca.issue_cert(*certified).private_key_and_cert_chain_pem.write_to_path(str(folder / file))
    return Authority(Path(folder))
