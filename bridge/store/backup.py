"""A copy of the SQLite database, consistent, made while others write."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bridge.store.engine import UnusableDatabase


def back_up(database: Path, copy: Path) -> int:
    """Copy the database into a file that does not exist yet, for its owner only; return its bytes.

    What is written meanwhile is not held up, and is in the copy whole or not at all. Raises
    UnusableDatabase, and then leaves no file behind.
    """
    if not database.is_file():
        raise UnusableDatabase(f"there is no database {database}")
    try:
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise UnusableDatabase(f"{copy} exists: nothing is overwritten") from None
    except OSError as error:
        raise UnusableDatabase(f"{copy} cannot be written: {error.strerror}") from None
    try:
        _copy(database, copy)
        _flush(copy)
        _flush(copy.resolve().parent)
        return copy.stat().st_size
    except BaseException as error:
        copy.unlink(missing_ok=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise UnusableDatabase(f"{database} cannot be copied to {copy}: {error}") from error
        raise


def _copy(database: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.backup(target)
        # One file, with nothing beside it
        target.execute("PRAGMA journal_mode = DELETE")
        [(verdict,)] = target.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)


def _flush(path: Path) -> None:
    """What is on the disk survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
