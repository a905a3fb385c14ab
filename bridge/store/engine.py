"""What a database engine does for the store: run the steps of one verb as one transaction.

A verb is a generator that yields statements and is sent their rows: the logic without the
I/O, so that a synchronous engine (SQLite) and an asynchronous one can run the same text.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

Value = str | int | None
Row = Mapping[str, Any]
Statement = tuple[str, Sequence[Value]]
T = TypeVar("T")
Steps = Generator[Statement, list[Row], T]


class Insertion(NamedTuple):
    """A statement that adds a row, or leaves the one that is there, and is sent nothing.

    The engine may carry it out later: before the next statement that is none, or at the end of the
    verb. Those that follow one another are carried out in any order, and see nothing of each other.
    """

    text: str
    values: Sequence[Value]


class TableLock(NamedTuple):
    """For verbs that decide by a row of the table that is not there, which no one can hold.

    Of one that has it alone and one that shares it, the later sees all that the earlier one did.
    """

    table: str
    is_alone: bool


class Engine(Protocol):
    """Every implementation passes tests/store/conformance.py.

    A verb may be run more than once, so it has no effect but its statements. All three raise
    UnusableDatabase where the database refuses, and what the verb raises.
    """

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        """Run a verb that only reads."""
        ...

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:
        """Run a verb as one transaction that no other writer is between; all of it, or nothing."""
        ...

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        """Run a verb that changes the schema, however long it takes; all of it, or nothing.

        Its first write is a lock: of several, each sees what those before it have done.
        """
        ...

    def connections(self) -> Mapping[str, int]:
        """Return how many connections there are in each state; nothing where there is no pool."""
        ...

    async def close(self) -> None:
        """Give back what is held. The engine is not used afterwards."""
        ...


class UnusableDatabase(Exception):
    """The database cannot be used; the text is one line for the operator."""
