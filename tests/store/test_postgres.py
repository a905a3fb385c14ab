"""PostgreSQL: the whole suite, and what is its own."""

import asyncpg
import pytest

from tests.store.conformance import StoreConformance

pytestmark = pytest.mark.anyio


class TestPostgreSQLStore(StoreConformance):
    violation = asyncpg.IntegrityConstraintViolationError

    @pytest.fixture
    def address(self, migrated_url: str) -> str:
        return migrated_url
