"""PostgreSQL: the whole suite, and what is its own."""

from contextlib import ExitStack

import asyncpg
import pytest

from bridge.store.migrating import migrations
from tests.postgres import Cluster
from tests.store.conformance import StoreConformance
from tests.store.processes import other_process

pytestmark = pytest.mark.anyio


class TestPostgreSQLStore(StoreConformance):
    violation = asyncpg.IntegrityConstraintViolationError

    @pytest.fixture
    def address(self, migrated_url: str) -> str:
        return migrated_url


def test_processes_that_start_together_migrate_once(postgres: Cluster) -> None:
    """Each finds an empty database at the same moment as the others, again and again."""
    with ExitStack() as running:
        others = [running.enter_context(other_process()) for _ in range(3)]
        for _ in range(4):
            name = postgres.new_database()
            running.callback(postgres.drop, name)
            for other in others:
                other.tell(f"migrate {postgres.url(name)}")
            assert [other.answer() for other in others] == [str(migrations()[-1][0])] * 3


def test_processes_that_start_together_on_an_old_schema_migrate_once(postgres: Cluster) -> None:
    with ExitStack() as running:
        others = [running.enter_context(other_process()) for _ in range(3)]
        name = postgres.new_database()
        running.callback(postgres.drop, name)
        old = [part for _, text in migrations()[:5] for part in text.split(";\n") if part.strip()]
        postgres.execute(
            "CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "INSERT INTO installation VALUES ('schema_version', '5')",
            *old,
            database=name,
            role="bridge",
        )
        for other in others:
            other.tell(f"migrate {postgres.url(name)}")
        assert [other.answer() for other in others] == [str(migrations()[-1][0])] * 3
