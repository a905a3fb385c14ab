"""``serve --workers``: several processes that are one bridge."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from tests.processes.programs import PATIENCE, Installation, Program
from tests.processes.relying_party import SignIn, a_browser, signing_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on_postgresql(tmp_path: Path, wechat_url: str, database_url: str) -> Installation:
    installed = Installation(tmp_path, wechat_url, database_url=database_url)
    await installed.register()
    return installed


def workers_of(serve: Program) -> list[int]:
    pid = serve.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


async def killed(serve: Program, worker: int) -> None:
    """Kill it, and wait until its connections are closed, as whoever holds one sees then."""
    os.kill(worker, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while worker in workers_of(serve):  # noqa: ASYNC110 - it is no child of ours
            await asyncio.sleep(0.01)


async def test_two_workers_are_one_bridge_and_a_stop_loses_no_sign_in(
    on_postgresql: Installation,
) -> None:
    """Half of the people come back from WeChat while it stops."""
    async with on_postgresql.serve(None, "--workers", "2") as serve:
        assert serve.lines.count("ready") == 1
        assert len(workers_of(serve)) == 2
        async with signing_in(on_postgresql) as first:
            claims = await first.complete()
        async with a_browser() as browser, a_browser() as another:
            again, late = SignIn(on_postgresql, browser), SignIn(on_postgresql, another)
            await again.approve()
            await late.approve()
            await killed(serve, workers_of(serve)[0])
            await again.come_back()
            assert await again.redeem() == 200
            assert (await again.userinfo())["sub"] == claims["sub"]
            coming_back = asyncio.create_task(late.come_back())
            await asyncio.sleep(0)
            serve.process.send_signal(signal.SIGTERM)
            await coming_back
        status, _ = await serve.stopped()
    assert status == 0
    told = [json.loads(line) for line in serve.log.read_text().splitlines()]
    (started,) = (line for line in told if line["event"] == "bridge.started")
    assert started["workers"] == 2
    assert [line["event"] for line in told].count("bridge.stopped") == 1
    assert [line["status"] for line in told if line["event"] == "worker.ended"] == [-9]


@pytest.mark.every_variant
async def test_what_no_worker_could_open_is_found_before_there_are_any(
    on_postgresql: Installation,
) -> None:
    (on_postgresql.folder / "data").mkdir(mode=0o755)
    (on_postgresql.folder / "data" / "keys").touch()
    with pytest.raises(AssertionError, match="Error: "):
        async with on_postgresql.serve(None, "--workers", "2"):
            pytest.fail("it serves")
    assert "worker.ended" not in (on_postgresql.folder / "serve-0.log").read_text()
