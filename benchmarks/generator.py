"""The load generator as whoever measures sees it."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.accounting import cpu_seconds
from benchmarks.load.job import Job, Report

# Bytes of one report: a number for each operation
LONGEST_LINE = 2**26


class Failed(Exception):
    """The load generator was answered something that it did not expect; it has said what."""


@dataclass(frozen=True, slots=True)
class Generator:
    process: asyncio.subprocess.Process

    async def run(self, job: Job, pid: int) -> tuple[Report, float]:
        """Return its report, and the seconds of work that it cost the process ``pid``."""
        await self._say(job.to_json())
        await self._heard()
        before = cpu_seconds(pid)
        await self._say("go")
        report = Report.read(await self._heard())
        return report, cpu_seconds(pid) - before

    async def _say(self, text: str) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        self.process.stdin.write(f"{text}\n".encode())
        await self.process.stdin.drain()

    async def _heard(self) -> bytes:
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        told = await self.process.stdout.readline()
        if not told:
            raise Failed("the load generator has ended")
        return told


@asynccontextmanager
async def generator() -> AsyncGenerator[Generator]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Generator(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
