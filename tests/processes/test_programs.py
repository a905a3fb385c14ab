"""Starting and stopping, as systemd, Docker and an operator at a terminal see it."""

import asyncio
import json
import re
import signal
from pathlib import Path

import pytest

from tests.processes.programs import Installation, program
from tests.processes.relying_party import a_browser

pytestmark = pytest.mark.anyio

# Seconds
SOON = 8

# The bridge waits for the body of this one.
UNFINISHED = (
    b"POST /token HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 100\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)

# What these programs write by themselves, and nothing of the server that they are made with.
OUR_EVENTS = re.compile(r"[-0-9T:.]{23}Z (info|warning) +[a-z_]+\.[a-z_]+( .*)?")


async def test_the_demo_is_ready_soon_signs_somebody_in_and_ends_at_sigterm(
    tmp_path: Path,
) -> None:
    async with program(tmp_path / "demo.log", "demo", "--port", "0") as demo:
        assert demo.lines.count("ready") == 1
        assert demo.took < SOON
        async with a_browser() as browser:
            home = await browser.open(demo.printed(r"demo app +(http://localhost:\d+)"))
            sign_in = await browser.click(home, "sign-in")
            wechat = await browser.click(sign_in, "wechat-login")
            claims = json.loads((await browser.click(wechat, "approve")).text("claims"))
        assert claims["aud"] == "demo"
        status, seconds = await demo.stopped()
        assert (status, seconds < SOON) == (0, True)
        assert demo.process.stdout is not None
        assert await demo.process.stdout.read() == b""
    for line in demo.log.read_text().splitlines():
        assert OUR_EVENTS.fullmatch(line), line


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_serve_is_ready_soon_and_ends_with_status_0(
    installed: Installation, by: signal.Signals
) -> None:
    async with installed.serve() as serve:
        assert serve.took < SOON
        status, seconds = await serve.stopped(by)
    assert (status, seconds < SOON) == (0, True)
    events = [json.loads(line)["event"] for line in serve.log.read_text().splitlines()]
    assert events == ["bridge.started", "wechat.simulated", "bridge.stopped"]


@pytest.mark.every_variant
async def test_simulate_ends_with_status_0(tmp_path: Path) -> None:
    async with program(tmp_path / "log", "simulate", "--port", "0") as simulate:
        status, seconds = await simulate.stopped()
    assert (status, seconds < SOON) == (0, True)
    assert (tmp_path / "log").read_text() == ""


@pytest.mark.every_variant
@pytest.mark.parametrize(("by", "status"), [(signal.SIGINT, 1), (signal.SIGTERM, -15)])
async def test_a_second_signal_does_not_wait_for_a_request_under_way(
    installed: Installation, by: signal.Signals, status: int
) -> None:
    async with installed.serve() as serve:
        answer, unfinished = await asyncio.open_connection("127.0.0.1", installed.port)
        unfinished.write(UNFINISHED)
        assert await answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        # Whoever is connected without a request is sent away when the process begins to stop.
        reader, idle = await asyncio.open_connection("127.0.0.1", installed.port)
        idle.write(b"GET /jwks HTTP/1.1\r\nHost: here\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        serve.process.send_signal(by)
        await reader.read()
        assert serve.process.returncode is None
        ended, seconds = await serve.stopped(by)
        for writer in (unfinished, idle):
            writer.close()
    assert (ended, seconds < SOON) == (status, True)
    assert "Traceback" not in serve.text()


@pytest.mark.every_variant
async def test_check_finds_nothing_wrong_with_a_bridge_that_runs(installed: Installation) -> None:
    async with installed.serve():
        found = await installed.command("check")
    assert "FAILED" not in found
    assert re.search(r"^issuer +ok ", found, re.MULTILINE)
    assert re.search(r"^wechat +ok ", found, re.MULTILINE)
