"""SQLite: the whole suite, and what is its own."""

import os
import sqlite3
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from bridge.store import Store, UnusableDatabase
from bridge.store.migrating import migrations
from bridge.store.sqlite import SQLiteEngine
from tests.store.conformance import StoreConformance
from tests.store.examples import look, sign_in, signed_in_token, steps
from tests.store.processes import other_process

pytestmark = pytest.mark.anyio


class TestSQLiteStore(StoreConformance):
    violation = sqlite3.IntegrityError

    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"sqlite://{tmp_path / 'bridge.db'}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bridge.db"


@pytest.fixture
async def engine(path: Path) -> AsyncIterator[SQLiteEngine]:
    async with opened(path) as engine:
        yield engine


@pytest.fixture
async def store(engine: SQLiteEngine) -> Store:
    store = Store(engine)
    await store.migrate()
    return store


@contextmanager
def refused(path: Path) -> Generator[None]:
    """One line for the operator, which names the file."""
    with pytest.raises(UnusableDatabase) as refusal:
        yield
    text = str(refusal.value)
    assert str(path) in text
    assert "\n" not in text


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[SQLiteEngine]:
    engine = SQLiteEngine(path)
    try:
        yield engine
    finally:
        await engine.close()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Somebody else holds the write lock, and does not let go."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.store.sqlite_file.BUSY_MILLISECONDS", 1)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_only_its_owner_reads_the_database(store: Store, path: Path) -> None:
    await signed_in_token(store)
    assert {entry.name: mode_of(entry) for entry in path.parent.iterdir()} == {
        "bridge.db": 0o600,
        "bridge.db-wal": 0o600,
        "bridge.db-shm": 0o600,
    }


async def test_only_its_owner_reads_a_database_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    async with opened(tmp_path / "link.db"):
        assert mode_of(tmp_path / "real.db") == 0o600


async def test_the_folder_of_the_database_is_created(tmp_path: Path) -> None:
    async with opened(tmp_path / "a" / "b" / "bridge.db"):
        assert (tmp_path / "a" / "b" / "bridge.db").exists()


def test_a_database_that_everybody_can_write_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(0o606)
    with pytest.raises(UnusableDatabase, match="can be written by everybody"):
        SQLiteEngine(path)


async def test_a_database_keeps_the_mode_that_its_operator_gave_it(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT, 0o640))
    async with opened(path):
        assert mode_of(path) == 0o640


async def test_what_is_written_is_on_the_disk(engine: SQLiteEngine) -> None:
    """WAL with synchronous FULL (2): a commit is flushed before its verb returns."""
    assert await look(engine, "PRAGMA journal_mode") == [("wal",)]
    assert await look(engine, "PRAGMA synchronous") == [(2,)]
    assert await look(engine, "PRAGMA foreign_keys") == [(1,)]
    assert await look(engine, "PRAGMA busy_timeout") == [(5_000,)]


async def test_a_reference_leads_to_something(engine: SQLiteEngine, store: Store) -> None:
    arrived, _ = await signed_in_token(store)
    for table, column, value in (
        ("accounts", "account_id", arrived.account.account_id),
        ("sessions", "sid", arrived.session.sid),
        ("grants", "grant_id", arrived.code.grant.grant_id),
    ):
        delete = f"DELETE FROM {table} WHERE {column} = $1"  # noqa: S608 - the names are ours
        with pytest.raises(sqlite3.IntegrityError):
            await engine.write(lambda text=delete, of=value: steps(text, values=(of,)))  # type: ignore[misc]


async def test_an_account_has_one_openid_of_an_application(
    engine: SQLiteEngine, store: Store
) -> None:
    arrived = await sign_in(store)
    link = """
        INSERT INTO identities (kind, realm, value, account_id, created_at)
        VALUES ($1, $2, $3, $4, 0)
    """
    account_id = arrived.account.account_id
    second = ("openid", "wx-web", "o-second", account_id)
    with pytest.raises(sqlite3.IntegrityError):
        await engine.write(lambda: steps(link, values=second))
    elsewhere = ("openid", "wx-other", "o-second", account_id)
    await engine.write(lambda: steps(link, values=elsewhere))


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with refused(tmp_path):
        SQLiteEngine(tmp_path)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with refused(tmp_path / "file" / "bridge.db"):
        SQLiteEngine(tmp_path / "file" / "bridge.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_database_that_may_not_be_read_is_told(path: Path) -> None:
    path.touch(mode=0)
    with refused(path):
        SQLiteEngine(path)


def test_what_is_no_database_is_told(path: Path) -> None:
    path.write_text("a text of somebody's, longer than the header of a database\n" * 10)
    before = path.read_bytes()
    with refused(path):
        SQLiteEngine(path)
    assert path.read_bytes() == before


async def test_the_database_of_another_program_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
    async with opened(path) as engine:
        with refused(path):
            await Store(engine).migrate()


async def test_a_database_that_is_damaged_later_is_told(
    store: Store, engine: SQLiteEngine, path: Path
) -> None:
    await engine.write(lambda: steps("DROP TABLE clients"))
    with refused(path):
        await store.client("rp")


@pytest.mark.usefixtures("_impatient")
async def test_a_write_lock_that_is_never_given_back_is_told(path: Path) -> None:
    async with opened(path) as engine:
        store = Store(engine)
        await store.migrate()
        with locked(path):
            with refused(path):
                await store.decide("name", "value")
            assert await store.client("rp") is None  # readers do not wait
        assert await store.decide("name", "later") == "later"


async def test_a_new_database_that_another_holds_for_a_moment_is_waited_for(path: Path) -> None:
    with other_process() as other:
        other.tell(f"occupy {path}")
        assert other.answer() == "held"
        async with opened(path) as engine:
            assert await look(engine, "SELECT name FROM theirs") == []
            assert await look(engine, "PRAGMA journal_mode") == [("wal",)]
        assert other.answer() == "done"


@pytest.mark.usefixtures("_impatient")
async def test_a_new_database_that_another_holds_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE something (name TEXT)")
        other.commit()
    with locked(path), refused(path):
        SQLiteEngine(path)


@pytest.mark.usefixtures("_impatient")
async def test_a_database_that_another_program_keeps_reading_is_told(path: Path) -> None:
    """One that is not in WAL: while it is being read, it cannot be turned."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE something (name TEXT)")
        other.execute("BEGIN")
        other.execute("SELECT * FROM something").fetchall()
        with refused(path):
            SQLiteEngine(path)
        other.execute("COMMIT")
    async with opened(path) as engine:
        assert await look(engine, "PRAGMA journal_mode") == [("wal",)]


async def test_a_transaction_that_the_engine_ends_itself_is_not_ended_twice(
    engine: SQLiteEngine, store: Store
) -> None:
    """SQLite rolls back on its own where a disk is full."""
    await store.decide("taken", "value")
    taken = "INSERT OR ROLLBACK INTO installation (name, value) VALUES ('taken', 'again')"
    half = "INSERT INTO installation (name, value) VALUES ('half', 'done')"
    with pytest.raises(sqlite3.IntegrityError):
        await engine.write(lambda: steps(half, taken))
    assert await store.decide("half", "whole") == "whole"


async def test_a_full_disk_leaves_nothing_behind(
    engine: SQLiteEngine, store: Store, path: Path
) -> None:
    [(pages,)] = await look(engine, "PRAGMA page_count")
    await look(engine, f"PRAGMA max_page_count = {pages}")
    with refused(path):
        await store.decide("too long", "x" * 100_000)
    await look(engine, f"PRAGMA max_page_count = {pages + 100}")
    assert await store.decide("too long", "short") == "short"


async def test_a_second_connection_of_this_process_takes_no_lock_from_the_first(
    store: Store, path: Path
) -> None:
    """Without its locks, the write-ahead log is taken away by the next process that ends."""
    await store.decide("before", "value")
    async with opened(path):
        with other_process() as other:
            other.tell(f"decide sqlite://{path} told")
            assert other.answer() == "told"
    await store.decide("after", "value")
    with closing(sqlite3.connect(path)) as later:
        names = {name for (name,) in later.execute("SELECT name FROM installation")}
    assert names == {"schema_version", "before", "word", "after"}


async def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    """Each makes a new database at the same moment as the others, again and again."""
    with ExitStack() as running:
        others = [running.enter_context(other_process()) for _ in range(3)]
        for number in range(12):
            address = f"sqlite://{tmp_path / f'{number}.db'}"
            for other in others:
                other.tell(f"migrate {address}")
            assert [other.answer() for other in others] == [str(migrations()[-1][0])] * 3
