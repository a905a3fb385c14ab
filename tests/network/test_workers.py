"""Several processes on one port, as docs/operations.md says under "Several processes"."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network.sites import Connection

pytestmark = pytest.mark.anyio

PATIENCE = 20

WHO = b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Supervised:
    process: asyncio.subprocess.Process
    port: int
    log: Path

    async def ask(self, path: str = "/who") -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        connection.write(WHO.replace(b"/who", path.encode()))
        return connection

    async def who(self) -> int:
        """Who answers: whoever is free."""
        connection = await self.ask()
        answer = await _pid(connection)
        connection.close()
        return answer

    async def each(self, count: int = 2) -> dict[int, Connection]:
        """A connection to each of the workers."""
        found: dict[int, Connection] = {}
        async with asyncio.timeout(PATIENCE):
            while len(found) < count:
                connection = await self.ask()
                pid = await _pid(connection)
                if pid in found:
                    connection.close()
                else:
                    found[pid] = connection
        return found

    def ended_workers(self) -> list[tuple[str, int, int | str]]:
        """What the log says of each: level, process, and status or cause."""
        lines = self.log.read_text().splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        assert all(line["event"] == "worker.ended" for line in told)
        return [
            (line["level"], line["pid"], line.get("status", line.get("cause"))) for line in told
        ]

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


async def _pid(connection: Connection) -> int:
    status, _, body = await connection.answer()
    assert status == 200
    return int(body)


@asynccontextmanager
async def supervised(folder: Path, manner: str = "well") -> AsyncGenerator[Supervised]:
    log = folder / "supervised.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.network.supervised", "2", manner),
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            port = (await process.stdout.readline()).decode().strip()
            assert not port or await process.stdout.readline() == b"ready\n"
        yield Supervised(process, int(port or 0), log)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _gone(pid: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while _lives(pid):  # noqa: ASYNC110 - it is nobody's child here
            await asyncio.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_both_answer_on_one_port_and_both_end_at_sigterm(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        both = await running.each()
        assert running.process.pid not in both
        running.process.send_signal(signal.SIGTERM)
        assert await running.ended() == 0
        assert running.process.stdout is not None
        assert await running.process.stdout.read() == b""
        for pid, connection in both.items():
            assert not _lives(pid)
            connection.close()
    assert running.log.read_text() == ""


async def test_who_is_killed_is_replaced_and_loses_only_what_was_its_own(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        (killed, theirs), (other, kept) = (await running.each()).items()
        go_on = tmp_path / "go-on"
        for connection in (theirs, kept):
            connection.write(WHO.replace(b"/who", f"/wait{go_on}".encode()))
        os.kill(killed, signal.SIGKILL)
        assert await theirs.rest() == b""
        now = await running.each()
        assert killed not in now
        assert other in now
        go_on.touch()
        assert await _pid(kept) == other
        for connection in (theirs, kept, *now.values()):
            connection.close()
    assert running.ended_workers() == [("error", killed, -9)]


async def test_who_is_asked_to_end_alone_finishes_its_work_and_is_replaced(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        both = await running.each()
        pid, connection = both.popitem()
        go_on = tmp_path / "go-on"
        connection.write(WHO.replace(b"/who", f"/wait{go_on}".encode()))
        # An answer by the same process, after it has begun with the request
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGTERM)
        go_on.touch()
        assert await _pid(connection) == pid
        await _gone(pid)
        now = await running.each()
        assert pid not in now
        for left in (connection, *both.values(), *now.values()):
            left.close()
    assert running.ended_workers() == [("info", pid, 0)]


@pytest.mark.parametrize("whom", ["parent", pytest.param("group", marks=pytest.mark.every_variant)])
async def test_at_the_end_every_request_under_way_has_a_whole_answer(
    tmp_path: Path, whom: str
) -> None:
    """Docker tells only the first of them, systemd each."""
    async with supervised(tmp_path) as running:
        both = await running.each()
        go_on = tmp_path / "go-on"
        under_way = [await running.ask(f"/wait{go_on}") for _ in range(40)]
        for connection in both.values():
            connection.write(WHO)
            await _pid(connection)
        if whom == "parent":
            running.process.send_signal(signal.SIGTERM)
        else:
            os.killpg(running.process.pid, signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    (await running.ask("/who")).close()
                except ConnectionRefusedError:
                    break
        assert running.process.returncode is None
        go_on.touch()
        for connection in under_way:
            status, head, body = await connection.answer()
            assert (status, int(body) in both) == (200, True)
            assert b"connection: close" in head
            assert await connection.rest() == b""
            connection.close()
        assert await running.ended() == 0
        for connection in both.values():
            connection.close()


async def test_a_second_signal_ends_all_at_once(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        both = await running.each()
        for connection in both.values():
            connection.write(WHO.replace(b"/who", b"/wait/never"))
        idle = await running.ask()
        await _pid(idle)
        running.process.send_signal(signal.SIGINT)
        await idle.rest()
        assert running.process.returncode is None
        running.process.send_signal(signal.SIGINT)
        assert await running.ended() == 0
        for pid, connection in both.items():
            assert not _lives(pid)
            connection.close()
        idle.close()


async def test_when_the_one_that_looks_after_them_is_killed_they_finish_and_end(
    tmp_path: Path,
) -> None:
    async with supervised(tmp_path) as running:
        both = await running.each()
        go_on = tmp_path / "go-on"
        for connection in both.values():
            connection.write(WHO.replace(b"/who", f"/wait{go_on}".encode()))
        running.process.kill()
        go_on.touch()
        for pid, connection in both.items():
            assert await _pid(connection) == pid
            await _gone(pid)
            connection.close()


@pytest.mark.every_variant
async def test_who_is_stuck_is_replaced(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        both = await running.each()
        pid, connection = both.popitem()
        connection.write(WHO.replace(b"/who", b"/stuck"))
        await _gone(pid)
        now = await running.each()
        assert pid not in now
        for left in (connection, *both.values(), *now.values()):
            left.close()
    assert running.ended_workers() == [("error", pid, "it is stuck"), ("error", pid, -9)]


@pytest.mark.parametrize(
    ("manner", "tries"), [("3", 4), pytest.param("2", 1, marks=pytest.mark.every_variant)]
)
async def test_where_no_worker_can_start_it_is_given_up(
    tmp_path: Path, manner: str, tries: int
) -> None:
    """At once where they say that the operator has to change something first."""
    async with supervised(tmp_path, manner) as running:
        assert await running.ended() == int(manner)
    lines = running.log.read_text().splitlines()
    assert lines[-1] == f"no worker could start: the last one ended with status {manner}"
    told = running.ended_workers()
    assert tries <= len(told) <= tries + 1
    assert {(level, status) for level, _, status in told} == {("error", int(manner))}
