"""Verbs for the operator: what the database is."""

from dataclasses import dataclass

from bridge.store.engine import Steps

SQLITE_VERSION = "SELECT sqlite_version() AS server_version"
POSTGRESQL_VERSION = "SHOW server_version"
SCHEMA_VERSION = "SELECT value FROM installation WHERE name = 'schema_version'"


@dataclass(frozen=True, slots=True)
class Described:
    """``server`` is the version of SQLite or PostgreSQL, ``schema`` that of our tables."""

    server: str
    schema: int


def describe(version: str) -> Steps[Described]:
    """``version`` is the statement that asks for it."""
    server = yield version, ()
    schema = yield SCHEMA_VERSION, ()
    return Described(str(server[0]["server_version"]), int(schema[0]["value"]))
