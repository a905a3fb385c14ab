"""Behind pgbouncer, which gives each transaction another session of PostgreSQL's."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bridge.store import Store
from bridge.store.postgres import PoolLimits, PostgreSQLEngine
from tests.postgres import PASSWORD, Cluster, cluster_user, shared_folder
from tests.serving import free_port
from tests.store.examples import known_account, look, offline, person, rotate, sign_in, together
from tests.strangers.missing import found

pytestmark = pytest.mark.anyio

STARTED_WITHIN = 20.0


@pytest.fixture
def pooled_url(postgres: Cluster, migrated_url: str) -> Iterator[str]:
    program = found("pgbouncer", "pgbouncer")
    name, port = migrated_url.rpartition("/")[2], free_port()
    with shared_folder() as folder:
        configuration = folder / "pgbouncer.ini"
        password = PASSWORD.replace("'", "''")
        configuration.write_text(
            "[databases]\n"
            f"{name} = host=127.0.0.1 port={postgres.port} user=bridge password='{password}'\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
        )
        user, group, extra_groups = cluster_user()
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(  # noqa: S603 - a program that we have found
                [program, str(configuration)],
                stderr=log,
                stdout=log,
                user=user,
                group=group,
                extra_groups=extra_groups,
            ) as process,
        ):
            _wait_for(process, folder / "log")
            former = urlsplit(migrated_url).port
            yield migrated_url.replace(f":{former}/", f":{port}/")
            process.terminate()


def _wait_for(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while b"process up" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text())
        time.sleep(0.02)


async def test_without_prepared_statements_all_is_as_ever(pooled_url: str) -> None:
    limits = PoolLimits(connections=6, statement_cache_size=0)
    engine = PostgreSQLEngine(pooled_url, limits)
    store = Store(engine)
    await store.migrate()

    async def visit() -> None:
        await sign_in(store)
        _, token = await offline(store)
        assert await rotate(store, token) is not None

    await together(12, visit)
    assert await look(engine, "SELECT count(*) AS counted FROM accounts") == [(1,)]
    assert await known_account(store, person()) is not None
    await engine.close()
