"""SQLite: the embedded engine, for one serving process.

It is called from the event loop, without threads: a read costs less than handing it over. Every
writing transaction is ``BEGIN IMMEDIATE`` and contains no ``await``.
"""

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.store.engine import Row, Statement, Steps, T, UnusableDatabase

# Commands of the operator write beside the serving process, a moment at a time.
BUSY_MILLISECONDS = 5_000

WAL = "PRAGMA journal_mode = WAL"
TRIES_FOR_WAL = 10

# What a statement of ours did, not what the file, the disk or another process refused
OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)


class SQLiteEngine:
    """``path`` is created, readable by its owner only, if it does not exist."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._usable():
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path)
            self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            with self._usable():
                self._configure()
        except UnusableDatabase:
            self._connection.close()
            raise

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        with self._usable():
            return self._run(verb())

    async def write(self, verb: Callable[[], Steps[T]]) -> T:
        with self._usable():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = self._run(verb())
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return result

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        return await self.write(verb)

    def connections(self) -> Mapping[str, int]:
        return {}

    async def close(self) -> None:
        self._connection.close()

    def _configure(self) -> None:
        self._connection.row_factory = sqlite3.Row
        self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        self._use_wal()
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def _use_wal(self) -> None:
        """Turn the file to WAL, as it then stays, though another process does so at this moment.

        SQLite refuses one of the two without waiting (no busy_timeout applies to this), but it
        waits for a transaction to begin.
        """
        for _ in range(TRIES_FOR_WAL - 1):
            with suppress(sqlite3.OperationalError):
                self._connection.execute(WAL)
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("ROLLBACK")
        self._connection.execute(WAL)

    @contextmanager
    def _usable(self) -> Generator[None]:
        """Say in one line what the file, the disk or another process refuses."""
        try:
            yield
        except (OSError, sqlite3.DatabaseError) as error:
            if isinstance(error, OURS):
                raise
            raise UnusableDatabase(f"database {self._path} cannot be used: {error}") from error

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


def _create(path: Path) -> None:
    """Create the file unless it exists; one that exists is not touched.

    To open and close it would drop the locks that this process holds on it through another
    connection, and the next process to end would then take the write-ahead log away from under
    us: https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    """
    with suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if path.stat().st_mode & 0o002:
        raise UnusableDatabase(f"database {path} can be written by everybody: chmod 600 it")
