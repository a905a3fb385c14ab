"""The bench: a simulated WeChat, a load generator and the floors, and what is put on it."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import asyncpg

from benchmarks.figures import Sample, sample_of
from benchmarks.generator import Failed, Generator, generator
from benchmarks.load.operations import FEW
from benchmarks.stand import Served, Variant, bare, bridge, simulated_wechat
from benchmarks.turns import Probe
from tests.faults.database import Database

BARE = "bare ASGI answer"
# Sign-ins before anything is measured, in shares of a run, and how many at once
WARM_UP, WARMING = 2, 16
# What takes so little that it has to be done more often
FASTER = {"ES256 signature": 8}
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True, slots=True)
class Effort:
    """How many runs, and of how many operations each is at least."""

    runs: int = 5
    sign_ins: int = 300
    # Of requests that are answered without a sign-in before each
    requests: int = 2_000
    # Of signatures and inserts
    floors: int = 400


def signature(alg: str) -> str:
    return f"{alg} signature"


def insert(database: str) -> str:
    return f"durable insert into {database}"


@dataclass(slots=True)
class Bench:
    folder: Path
    wechat_url: str
    generator: Generator
    bare: Served
    effort: Effort
    # None where there is no PostgreSQL
    database: Database | None
    # The URL of a database of the floor's own
    floor_url: str = ""
    _people: int = 0
    _folders: "count[int]" = field(default_factory=count)

    def load(self, served: Served, operation: str, *, in_flight: int, number: int) -> Probe:
        """An operation of what is served, so many at once; each run has people of its own."""

        async def run(number: int) -> Sample:
            number = max(number, in_flight)
            job = served.job(operation, number=number, in_flight=in_flight, first=self._people)
            self._people += max(number, FEW)
            return sample_of(*await self.generator.run(job, served.pid))

        return Probe(run, number)

    async def warm(self, served: Served) -> Served:
        """Sign people in, so that what is compiled or specialised as it runs is so; return it.

        PostgreSQL then counts its rows, as it does by itself within a minute: until then it goes by
        plans for tables that are empty.
        """
        number = WARM_UP * self.effort.sign_ins
        await self.load(served, "first_sign_in", in_flight=WARMING, number=number).run(number)
        if served.database is not None:
            connection = await asyncpg.connect(served.database)
            await connection.execute("ANALYZE")
            await connection.close()
        return served

    def floor(self, name: str, in_flight: int) -> Probe:
        if name == BARE:
            number = self.effort.requests
            return self.load(self.bare, "get", in_flight=in_flight, number=number)
        arguments = [name.removesuffix(" signature").rpartition(" ")[2]]
        url = [self.floor_url] if arguments == [POSTGRESQL] else []

        async def run(number: int) -> Sample:
            return Sample(await _seconds_told(self.folder, *arguments, str(number), *url))

        return Probe(run, self.effort.floors * FASTER.get(name, 1))

    @asynccontextmanager
    async def bridge(self, variant: Variant) -> AsyncGenerator[Served]:
        """Serve it with data of its own; ``variant.database`` says of which kind.

        It is as it starts: see ``warm``.
        """
        folder = self.new_folder()
        variant = replace(variant, database=await self.database_url(variant.database))
        async with bridge(folder, self.wechat_url, variant) as served:
            yield served

    def say(self, what: str) -> None:
        """Tell whoever waits what is measured now."""
        sys.stderr.write(f"{what} …\n")

    def can(self, kind: str) -> bool:
        """Whether there is such a database."""
        return kind == SQLITE or self.database is not None

    def new_folder(self) -> Path:
        folder = self.folder / str(next(self._folders))
        folder.mkdir()
        return folder

    async def database_url(self, kind: str | None) -> str | None:
        if kind != POSTGRESQL:
            return None
        assert self.database is not None  # noqa: S101 - whoever asks for it has looked
        return self.database.cluster.url(
            await asyncio.to_thread(self.database.cluster.new_database)
        )


async def _seconds_told(folder: Path, *arguments: str) -> float:
    """Run a floor, whose data stand where those of the bridge do."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.floors", *arguments),
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise Failed(f"the floor {arguments[0]} has failed")
    return float(told)


@asynccontextmanager
async def bench(folder: Path, effort: Effort, database: Database | None) -> AsyncGenerator[Bench]:
    """Everything that measures, in processes of their own; data stand in ``folder``."""
    async with AsyncExitStack() as opened:
        made = Bench(
            folder=folder,
            wechat_url=await opened.enter_async_context(simulated_wechat(folder)),
            generator=await opened.enter_async_context(generator()),
            bare=await opened.enter_async_context(bare()),
            effort=effort,
            database=database,
        )
        made.floor_url = await made.database_url(POSTGRESQL if database else None) or ""
        yield made
