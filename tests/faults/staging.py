"""How a fault is staged: all sign in, something is hurt meanwhile, the outcomes are counted."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.balancing import balanced
from tests.faults.counts import Counts, go_on, look_back, sign_in_all
from tests.faults.crowd import RelyingParty, crowd
from tests.faults.database import Database, a_database
from tests.faults.stand import CLIENT_IDS, Stand, stand
from tests.processes.programs import Program
from tests.serving import free_port

# How many come afterwards for the first time, and as many who were there
LATE = 5

Scenario = Callable[[Path, int], Coroutine[Any, Any, Counts]]
"""A folder and how many sign in; the counts."""


def people_of(number: int, kind: str = "early") -> list[str]:
    return [f"{kind}-{each}" for each in range(number)]


def all_people(sign_ins: int) -> list[str]:
    """Who comes while something is hurt, and who comes for the first time afterwards."""
    return [*people_of(sign_ins), *people_of(LATE, "late")]


@dataclass
class Course:
    """What a fault may look at while it hurts."""

    party: RelyingParty
    counts: Counts
    sign_ins: int

    async def until_answered(self, part: float) -> None:
        """Wait until this part of all has come back with a code."""
        await self.party.until_answered(int(self.sign_ins * part))

    async def go_on(self) -> None:
        await go_on(
            self.party, [*people_of(self.sign_ins)[:LATE], *people_of(LATE, "late")], self.counts
        )


async def nothing_more() -> None:
    """What is done before one looks back, where there is nothing to do."""


async def counted(
    name: str,
    made: Stand,
    sign_ins: int,
    hurt: Callable[[Course], Awaitable[None]],
    *,
    mend: Callable[[], Awaitable[None]] = nothing_more,
) -> Counts:
    """Sign in, hurt once a third is through, mend when everybody has an answer, look, go on."""
    course = Course(RelyingParty(made.url), Counts(name), sign_ins)
    party, counts = course.party, course.counts
    await party.fetch_keys()
    async with crowd(people_of(sign_ins), CLIENT_IDS) as visits:
        crowded = asyncio.create_task(sign_in_all(party, visits, counts))
        await course.until_answered(1 / 3)
        await hurt(course)
        await crowded
        await mend()
        await party.fetch_keys()
        await look_back(party, visits, counts)
    await course.go_on()
    return counts


@asynccontextmanager
async def one_bridge(
    folder: Path, sign_ins: int, *, on_postgresql: bool = False
) -> AsyncGenerator[tuple[Stand, AsyncExitStack]]:
    """A database, and a simulated WeChat; who serves it does so in the stack."""
    async with AsyncExitStack() as opened:
        url = None
        if on_postgresql:
            url = (await asyncio.to_thread(opened.enter_context, a_database())).url
        made = await opened.enter_async_context(stand(folder, url))
        await opened.enter_async_context(made.simulate(all_people(sign_ins)))
        yield made, opened


@dataclass
class Cast:
    """Two bridges on one PostgreSQL behind a load balancer, and what they stand on."""

    made: Stand
    opened: AsyncExitStack
    database: Database
    ports: tuple[int, int]
    bridges: list[Program]

    async def serve_again(self, number: int, made: Stand | None = None) -> None:
        serving = (made or self.made).serve(self.ports[number])
        self.bridges[number] = await self.opened.enter_async_context(serving)

    async def restart(self, number: int, signal_number: Any, made: Stand | None = None) -> None:
        await self.bridges[number].stopped(signal_number)
        await self.serve_again(number, made)

    async def kids(self) -> list[list[str]]:
        return [await self.made.kids(port) for port in self.ports]


@asynccontextmanager
async def two_bridges(folder: Path, sign_ins: int, **environ: str) -> AsyncGenerator[Cast]:
    async with AsyncExitStack() as opened:
        database = await asyncio.to_thread(opened.enter_context, a_database())
        made = await opened.enter_async_context(stand(folder, database.url, **environ))
        await opened.enter_async_context(made.simulate(all_people(sign_ins)))
        ports = (free_port(), free_port())
        bridges = [await opened.enter_async_context(made.serve(port)) for port in ports]
        await opened.enter_async_context(balanced(made.port, ports))
        yield Cast(made, opened, database, ports, bridges)
