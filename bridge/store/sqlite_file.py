"""The file of an SQLite database: how it is made, and how it is written."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from bridge.store.engine import UnusableDatabase

# Commands of the operator write beside the serving process, a moment at a time.
BUSY_MILLISECONDS = 5_000

WAL = "PRAGMA journal_mode = WAL"
TRIES_FOR_WAL = 10


def create(path: Path) -> None:
    """Create the file unless it exists; one that exists is not touched.

    To open and close it would drop the locks that this process holds on it through another
    connection, and the next process to end would then take the write-ahead log away from under
    us: https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    """
    with suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if path.stat().st_mode & 0o002:
        raise UnusableDatabase(f"database {path} can be written by everybody: chmod 600 it")


def configure(connection: sqlite3.Connection) -> None:
    """Say how the file is written, and that references lead to something."""
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn the file to WAL, as it then stays, though another process does so at this moment.

    SQLite refuses one of the two without waiting (no busy_timeout applies to this), but it
    waits for a transaction to begin.
    """
    for _ in range(TRIES_FOR_WAL - 1):
        with suppress(sqlite3.OperationalError):
            connection.execute(WAL)
            return
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    connection.execute(WAL)
