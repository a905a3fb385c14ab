"""What the database holds, counted."""

import sqlite3
from contextlib import closing

from tests.world import World


def rows_of(opened: World) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(opened.settings.sqlite_path)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in names
        }
