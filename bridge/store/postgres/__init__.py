"""PostgreSQL: the engine for more than one process or machine."""

from bridge.store.postgres.engine import PostgreSQLEngine
from bridge.store.postgres.opening import PoolLimits

__all__ = ["PoolLimits", "PostgreSQLEngine"]
