"""One series of migrations, in the SQL that SQLite and PostgreSQL share.

All of them run in one transaction, in which the row with the schema's version is written
first: whoever else starts at that moment waits for it, and then finds nothing left to do.
A migration only adds.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

from bridge.store.engine import Steps, UnusableDatabase

CREATE_INSTALLATION = """
    CREATE TABLE IF NOT EXISTS installation (name TEXT PRIMARY KEY, value TEXT NOT NULL)
"""
FIRST_VERSION = """
    INSERT INTO installation (name, value) VALUES ('schema_version', '0') ON CONFLICT DO NOTHING
"""
LOCK_VERSION = """
    UPDATE installation SET value = value WHERE name = 'schema_version' RETURNING value
"""
FIND_VERSION = "SELECT value FROM installation WHERE name = 'schema_version'"
SET_VERSION = "UPDATE installation SET value = $1 WHERE name = 'schema_version'"


def migrations() -> list[tuple[int, str]]:
    """Return (version, SQL) of each migration, in order."""
    found = files("bridge.store").joinpath("migrations").iterdir()
    scripts = sorted((entry for entry in found if entry.name.endswith(".sql")), key=_name)
    return [(int(entry.name[:4]), entry.read_text("utf-8")) for entry in scripts]


def _name(entry: Traversable) -> str:
    return entry.name


def schema_version() -> Steps[int]:
    rows = yield FIND_VERSION, ()
    return int(rows[0]["value"])


def migrate() -> Steps[int]:
    """Bring the schema to the newest version and return it."""
    yield CREATE_INSTALLATION, ()
    yield FIRST_VERSION, ()
    rows = yield LOCK_VERSION, ()
    version = int(rows[0]["value"])
    known = migrations()
    newest = known[-1][0]
    if version > newest:
        raise UnusableDatabase(
            f"the database has schema {version}, this program knows {newest}: it is older than"
            " the program that wrote the database; use the newer one, or restore a backup"
        )
    for number, text in known:
        if number > version:
            for statement in text.split(";\n"):
                if statement.strip():
                    yield statement, ()
            yield SET_VERSION, (str(number),)
    return newest
