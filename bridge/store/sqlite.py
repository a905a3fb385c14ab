"""SQLite: the embedded engine, for one serving process.

It is called from the event loop, without threads: a read costs less than handing it over. Every
writing transaction is ``BEGIN IMMEDIATE`` and contains no ``await``.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bridge.store.engine import Row, Statement, Steps, T, UnusableDatabase

# Commands of the operator write beside the serving process, a moment at a time.
BUSY_MILLISECONDS = 5_000


class SQLiteEngine:
    """``path`` is created, readable by its owner only, if it does not exist."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except (OSError, sqlite3.Error) as error:
            raise UnusableDatabase(f"database {path} cannot be opened: {error}") from error

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        return self._run(verb())

    async def write(self, verb: Callable[[], Steps[T]]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = self._run(verb())
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result

    async def close(self) -> None:
        self._connection.close()

    def _run(self, steps: Steps[T]) -> T:
        try:
            statement = next(steps)
            while True:
                statement = steps.send(self._execute(statement))
        except StopIteration as end:
            result: T = end.value
            return result

    def _execute(self, statement: Statement) -> list[Row]:
        text, values = statement
        # A tuple for ``$1`` warns from Python 3.12 on and raises from 3.14.
        numbered = {str(number): value for number, value in enumerate(values, start=1)}
        return self._connection.execute(text, numbered).fetchall()
