"""SQLite: the embedded engine, for one serving process.

It is called from the event loop, without threads: a read costs less than handing it over. Verbs
that write at the same moment are one transaction, one after the other, each undone by itself if it
fails: what a commit costs is mostly the disk, and it is the same for one of them or for ten. Nobody
is told that theirs is done before all of it is on the disk. Every writing transaction is ``BEGIN
IMMEDIATE`` and contains no ``await``.
"""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from bridge.store.engine import Row, Statement, Steps, T, TableLock, UnusableDatabase
from bridge.store.sqlite_file import configure, create

# What a statement of ours did, not what the file, the disk or another process refused
OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)

NUMBERED = re.compile(r"\$([0-9]+)")

# Turns of the event loop in which others, whose requests are here already, come to write as well.
# Alone, that is some microseconds; of 16 sign-ins at once, ten share a commit in place of three.
TURNS = 8

# So many verbs in one transaction keep the event loop for some ten milliseconds.
MOST_TOGETHER = 32


@dataclass(slots=True)
class _Writing:
    """A verb whose turn has not come, or what came of it."""

    verb: Callable[[], Steps[Any]]
    done: "asyncio.Future[Any]"
    result: Any = None
    failure: BaseException | None = None

    def tell(self) -> None:
        """Tell whoever waits, if they still do."""
        if self.done.done():
            return
        if self.failure is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.failure)


class _Failed(Exception):
    """A verb has failed, by what is the cause of this, and the transaction goes on."""


class _Usable:
    """Says in one line what the file, the disk or another process refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, OSError | sqlite3.DatabaseError) and not isinstance(error, OURS):
            raise UnusableDatabase(f"database {self._path} cannot be used: {error}") from error


class SQLiteEngine:
    """``path`` is created, readable by its owner only, if it does not exist."""

    def __init__(self, path: Path) -> None:
        self._usable = _Usable(path)
        self._waiting: list[_Writing] = []
        with self._usable:
            path.parent.mkdir(parents=True, exist_ok=True)
            create(path)
            self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            with self._usable:
                configure(self._connection)
        except UnusableDatabase:
            self._connection.close()
            raise

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        with self._usable:
            return self._run(verb())

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:  # noqa: ARG002 - one writes at a time
        loop = asyncio.get_running_loop()
        writing = _Writing(verb, loop.create_future())
        self._waiting.append(writing)
        if len(self._waiting) == 1:
            loop.call_soon(self._wait_for_others, TURNS)
        result: T = await writing.done
        return result

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        with self._usable, self._transaction():
            return self._run(verb())

    def connections(self) -> Mapping[str, int]:
        return {}

    async def close(self) -> None:
        self._connection.close()

    # Writing

    def _wait_for_others(self, turns: int) -> None:
        if turns and len(self._waiting) < MOST_TOGETHER:
            asyncio.get_running_loop().call_soon(self._wait_for_others, turns - 1)
        else:
            self._write_together()

    def _write_together(self) -> None:
        """Write what waits. Who has gone away meanwhile wants nothing written."""
        together = [writing for writing in self._waiting if not writing.done.done()]
        together, self._waiting = together[:MOST_TOGETHER], together[MOST_TOGETHER:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._write_together)
        if together:
            self._write(together)
        for writing in together:
            writing.tell()

    def _write(self, together: Sequence[_Writing]) -> None:
        """Carry them out; where one fails, one half of them and then the other, until it is alone.

        That is rare, and a savepoint for each would cost more than the verb.
        """
        parts = [together]
        while parts:
            part = parts.pop()
            try:
                with self._usable, self._transaction():
                    for writing in part:
                        self._carry_out(writing)
            except _Failed as failed:
                if len(part) == 1:
                    part[0].failure = failed.__cause__
                else:
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
            except BaseException as failure:  # noqa: BLE001 - it is raised where somebody waits
                # For a database that is locked nobody waits a second time.
                _lose([*part, *chain.from_iterable(parts)], failure)
                return

    def _carry_out(self, writing: _Writing) -> None:
        """Raise _Failed where the verb fails, and what the database has failed of where it has."""
        try:
            with self._usable:
                writing.result = self._run(writing.verb())
        except BaseException as failure:
            if self._connection.in_transaction:
                raise _Failed from failure
            raise

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    # Statements

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
        in_place, numbers = _by_place(text)
        if numbers is not None:
            values = [values[number] for number in numbers]
        return self._connection.execute(in_place, values).fetchall()


def _lose(left: Sequence[_Writing], failure: BaseException) -> None:
    """One exception is not raised in many places."""
    for writing in left:
        writing.failure = failure if len(left) == 1 else UnusableDatabase(str(failure))


# As Python wants it from 3.14 on, and as it is faster: a name is looked up at each execution.
@lru_cache(maxsize=512)
def _by_place(text: str) -> tuple[str, tuple[int, ...] | None]:
    """Return it with ``?`` for ``$1``, and which value each is; None: they are as they come."""
    numbers = tuple(int(number) - 1 for number in NUMBERED.findall(text))
    in_order = numbers == tuple(range(len(numbers)))
    return NUMBERED.sub("?", text), None if in_order else numbers
