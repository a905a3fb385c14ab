"""How long a start takes, beside a process that only imports what the bridge imports."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter

from benchmarks.accounting import cpu_seconds
from benchmarks.bench import SQLITE, Bench
from benchmarks.figures import Results, Row, Sample
from benchmarks.stand import Variant, register, served, settings_of
from benchmarks.turns import Probe, in_turn
from tests.serving import free_port

START = "start"
IMPORTS = "imports alone"
PROGRAM = """
import aiohttp, fastapi, httpx, joserfc, uvicorn
print("ready", flush=True)
input()
"""


async def measured_start(bench: Bench) -> Results:
    """From the start of the process to ``ready``: work, and what a clock shows as latency."""
    bench.say(START)
    variant = Variant()
    folder = bench.new_folder()
    settings = settings_of(variant, folder, free_port(), bench.wechat_url)
    await register(variant, settings, folder)

    @asynccontextmanager
    async def started() -> AsyncGenerator[int]:
        async with served(folder, settings, variant) as running:
            yield running.pid

    probes = {IMPORTS: _probe(_imports), START: _probe(started)}
    found = await in_turn(probes, bench.effort.runs)
    floors = {IMPORTS: found[IMPORTS]}
    return Results((Row(what=START, database=SQLITE, samples=found[START], floors=floors),))


def _probe(start: Callable[[], AbstractAsyncContextManager[int]]) -> Probe:
    """``start`` starts a process, waits until it is ready, and says which one it is."""

    async def run(_: int) -> Sample:
        began = perf_counter()
        async with start() as pid:
            took = perf_counter() - began
            return Sample(cpu_seconds(pid), 1 / took, took, took, took)

    return Probe(run, 1)


@asynccontextmanager
async def _imports() -> AsyncGenerator[int]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        await process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        await process.wait()
