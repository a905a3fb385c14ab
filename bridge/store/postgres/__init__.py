"""PostgreSQL: the engine for more than one process or machine."""

from bridge.store.postgres.connections import PoolLimits
from bridge.store.postgres.engine import PostgreSQLEngine

__all__ = ["PoolLimits", "PostgreSQLEngine"]
