"""SQLite: what is written at the same moment is one transaction, and each verb is its own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from bridge.store import UnusableDatabase
from bridge.store.engine import Steps
from bridge.store.sqlite import MOST_TOGETHER, SQLiteEngine

pytestmark = pytest.mark.anyio

ADD = "INSERT INTO notes (note) VALUES ($1)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bridge.db"


@pytest.fixture
async def engine(path: Path) -> AsyncIterator[SQLiteEngine]:
    engine = SQLiteEngine(path)
    await engine.alter(lambda: _steps("CREATE TABLE notes (note TEXT PRIMARY KEY)"))
    yield engine
    await engine.close()


def _steps(text: str, *values: str) -> Steps[None]:
    yield text, values


def adding(note: str) -> Callable[[], Steps[None]]:
    return lambda: _steps(ADD, note)


def notes(path: Path) -> set[str]:
    """What another process would find."""
    with closing(sqlite3.connect(path)) as other:
        return {note for (note,) in other.execute("SELECT note FROM notes")}


def commits(path: Path) -> int:
    """How many transactions the write-ahead log holds: the last page of each has its size."""
    log = path.with_name(f"{path.name}-wal").read_bytes()
    page = int.from_bytes(log[8:12])
    frames = range(32, len(log), 24 + page)
    return sum(log[frame + 4 : frame + 8] != bytes(4) for frame in frames)


async def test_what_is_written_at_one_moment_is_one_transaction(
    engine: SQLiteEngine, path: Path
) -> None:
    before = commits(path)
    await asyncio.gather(*(engine.write(adding(str(number))) for number in range(10)))
    assert commits(path) == before + 1
    assert len(notes(path)) == 10


async def test_who_is_told_finds_it_on_the_disk(engine: SQLiteEngine, path: Path) -> None:
    async def add(note: str) -> bool:
        await engine.write(adding(note))
        return note in notes(path)

    assert await asyncio.gather(*(add(str(number)) for number in range(3))) == [True] * 3


async def test_each_sees_what_those_before_it_have_done(engine: SQLiteEngine) -> None:
    def count(note: str) -> Steps[int]:
        yield ADD, (note,)
        rows = yield "SELECT note FROM notes", ()
        return len(rows)

    seen = await asyncio.gather(*(engine.write(lambda n=n: count(n)) for n in ("a", "b", "c")))  # type: ignore[misc]
    assert seen == [1, 2, 3]


async def test_one_that_fails_is_undone_alone(engine: SQLiteEngine, path: Path) -> None:
    def fail() -> Steps[None]:
        yield ADD, ("half",)
        raise LookupError("no")

    told = await asyncio.gather(
        *(engine.write(verb) for verb in (adding("a"), fail, adding("a"), adding("b"))),
        return_exceptions=True,
    )
    assert [type(each) for each in told] == [
        *(type(None), LookupError, sqlite3.IntegrityError, type(None))
    ]
    assert notes(path) == {"a", "b"}


async def test_however_many_fail_the_others_are_written(engine: SQLiteEngine, path: Path) -> None:
    """In the order in which they came, each of them once."""
    await engine.alter(lambda: _steps("CREATE TABLE places (place INTEGER PRIMARY KEY, note TEXT)"))

    def add(number: int) -> Steps[None]:
        yield "INSERT INTO places (note) VALUES ($1)", (str(number),)
        if number in failing:
            raise LookupError(number)

    failing = {0, 3, 4, 9, 15}
    told = await asyncio.gather(
        *(engine.write(partial(add, number)) for number in range(16)), return_exceptions=True
    )
    assert {number for number, each in enumerate(told) if each is not None} == failing
    assert all(told[number].args == (number,) for number in failing)  # type: ignore[union-attr]
    with closing(sqlite3.connect(path)) as other:
        places = [note for (note,) in other.execute("SELECT note FROM places ORDER BY place")]
    assert places == [str(number) for number in range(16) if number not in failing]


async def test_where_another_process_writes_all_are_told_after_one_wait(
    engine: SQLiteEngine, path: Path
) -> None:
    await engine.read(lambda: _steps("PRAGMA busy_timeout = 100"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = monotonic()
        told = await asyncio.gather(
            *(engine.write(adding(str(number))) for number in range(16)), return_exceptions=True
        )
        assert monotonic() - began < 16 * 0.1
    assert [type(each) for each in told] == [UnusableDatabase] * 16
    assert notes(path) == set()


async def test_where_another_process_comes_between_all_that_are_left_are_told_after_one_wait(
    engine: SQLiteEngine, path: Path
) -> None:
    await engine.read(lambda: _steps("PRAGMA busy_timeout = 100"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def let_in() -> Steps[None]:
            yield "COMMIT", ()
            other.execute("BEGIN IMMEDIATE")
            yield "BEGIN", ()
            raise LookupError

        began = monotonic()
        told = await asyncio.gather(
            engine.write(let_in),
            *(engine.write(adding(str(number))) for number in range(15)),
            return_exceptions=True,
        )
        assert monotonic() - began < 5 * 0.1
    assert [type(each) for each in told] == [UnusableDatabase] * 16
    assert notes(path) == set()


async def test_who_has_gone_away_wants_nothing_written(engine: SQLiteEngine, path: Path) -> None:
    gone, stays = (asyncio.create_task(engine.write(adding(note))) for note in ("gone", "stays"))
    asyncio.get_running_loop().call_soon(gone.cancel)  # before the turn of both
    await stays
    assert gone.cancelled()
    assert notes(path) == {"stays"}


async def test_however_many_there_are_all_of_them_are_written(
    engine: SQLiteEngine, path: Path
) -> None:
    many = 2 * MOST_TOGETHER + 1
    before = commits(path)
    await asyncio.gather(*(engine.write(adding(str(number))) for number in range(many)))
    assert commits(path) == before + 3
    assert len(notes(path)) == many


async def test_what_the_database_gives_up_was_nobodys(engine: SQLiteEngine, path: Path) -> None:
    """A commit that fails undoes all of it, and all are told."""

    def spoil() -> Steps[None]:
        yield ADD, ("spoilt",)
        # As the engine itself does when the disk is full
        yield "ROLLBACK", ()
        yield "SELECT nothing FROM nowhere", ()

    told = await asyncio.gather(
        *(engine.write(verb) for verb in (adding("a"), spoil, adding("b"))),
        return_exceptions=True,
    )
    assert [type(each) for each in told] == [UnusableDatabase] * 3
    assert notes(path) == set()
    await engine.write(adding("c"))
    assert notes(path) == {"c"}
