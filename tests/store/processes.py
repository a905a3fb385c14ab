"""The schema, and more than one process on one database."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bridge.store import Engine, Store, UnusableDatabase
from bridge.store.migrating import migrations
from tests.store.another_process import open_engine
from tests.store.examples import look, offline, sign_in, steps

REPOSITORY = Path(__file__).parents[2]


class OtherProcess:
    """A process that runs another_process; it answers each line that it is told with one line."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running

    def tell(self, line: str) -> None:
        assert self._running.stdin is not None
        self._running.stdin.write(f"{line}\n")
        self._running.stdin.flush()

    def answer(self) -> str:
        assert self._running.stdout is not None
        return self._running.stdout.readline().rstrip("\n")


@contextmanager
def other_process() -> Generator[OtherProcess]:
    command = (sys.executable, "-m", "tests.store.another_process")
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY
    ) as running:
        other = OtherProcess(running)
        assert other.answer() == "ready"
        yield other
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait() == 0


class ProcessesConformance:
    async def test_a_migrated_database_stays_as_it_is(self, store: Store, engine: Engine) -> None:
        await store.decide("kept", "value")
        newest = migrations()[-1][0]
        assert await store.migrate() == newest
        assert await store.decide("kept", "other") == "value"
        version = "SELECT value FROM installation WHERE name = 'schema_version'"
        assert await look(engine, version) == [(str(newest),)]

    async def test_a_schema_newer_than_the_program_is_refused_in_one_line(
        self, store: Store, engine: Engine
    ) -> None:
        newer = "UPDATE installation SET value = '999' WHERE name = 'schema_version'"
        await engine.write(lambda: steps(newer))
        with pytest.raises(UnusableDatabase) as refused:
            await store.migrate()
        text = str(refused.value)
        assert "999" in text
        assert f"knows {migrations()[-1][0]}" in text
        assert "\n" not in text
        version = "SELECT value FROM installation WHERE name = 'schema_version'"
        assert await look(engine, version) == [("999",)]

    async def test_a_later_version_runs_what_is_new_and_only_that(
        self, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await store.decide("kept", "value")
        later = (99, "CREATE TABLE later (name TEXT);\n\nINSERT INTO later VALUES ('; no end');\n")
        known = [*migrations(), later]
        monkeypatch.setattr("bridge.store.migrating.migrations", lambda: known)
        assert await store.migrate() == 99
        assert await store.migrate() == 99
        assert await look(engine, "SELECT name FROM later") == [("; no end",)]
        assert await store.decide("kept", "other") == "value"

    async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
        self, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newest = migrations()[-1][0]
        known = [*migrations(), (99, "CREATE TABLE later (name TEXT);\nINSERT INTO nowhere;\n")]
        with monkeypatch.context() as patched:
            patched.setattr("bridge.store.migrating.migrations", lambda: known)
            with pytest.raises(UnusableDatabase):
                await store.migrate()
        assert await store.migrate() == newest
        await engine.write(lambda: steps("CREATE TABLE later (name TEXT)"))

    async def test_between_two_processes_each_code_is_spent_and_each_token_rotated_once(
        self, store: Store, address: str
    ) -> None:
        codes = [(await sign_in(store)).code_hash for _ in range(20)]
        tokens = [(await offline(store))[1] for _ in range(20)]
        with ExitStack() as running:
            others = [running.enter_context(other_process()) for _ in range(2)]
            for other in others:
                other.tell(f"spend {address} {' '.join(codes)}")
            won = [other.answer().split() for other in others]
            for other in others:
                other.tell(f"rotate {address} {' '.join(tokens)}")
            rotated = [other.answer().split() for other in others]
        assert sorted(won[0] + won[1]) == sorted(codes)
        assert sorted(rotated[0] + rotated[1]) == sorted(tokens)

    async def test_a_process_that_writes_for_a_moment_is_waited_for(
        self, store: Store, address: str
    ) -> None:
        with other_process() as other:
            other.tell(f"hold {address}")
            assert other.answer() == "held"
            await sign_in(store)  # it reads before it writes
            assert await store.decide("who was first", "this process") == "the other"
            assert other.answer() == "done"

    async def test_a_store_that_is_opened_again_remembers(self, address: str) -> None:
        first = Store(open_engine(address))
        await first.migrate()
        arrived = await sign_in(first)
        await first.close()
        again = Store(open_engine(address))
        assert await again.find_delivery(arrived.arrival.delivery_hash) == arrived.session
        await again.close()
