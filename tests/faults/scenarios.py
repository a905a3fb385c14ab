"""The faults: each hurts something while people sign in, mends it, and counts the outcomes."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.faults.balancing import balanced
from tests.faults.counts import Counts, go_on, look_back, sign_in_all
from tests.faults.crowd import PATIENCE, RelyingParty, crowd
from tests.faults.database import Database, a_database
from tests.faults.stand import CLIENT_IDS, Stand, stand
from tests.processes.programs import CLIENT_SECRET, Program
from tests.serving import free_port

# Seconds within which it is told that the database is away
SLOWEST = 7.0

# How many come afterwards for the first time, and as many who were there
LATE = 5


def people_of(number: int, kind: str = "early") -> list[str]:
    return [f"{kind}-{each}" for each in range(number)]


def all_people(sign_ins: int) -> list[str]:
    """Who comes while something is hurt, and who comes for the first time afterwards."""
    return [*people_of(sign_ins), *people_of(LATE, "late")]


@asynccontextmanager
async def counted(
    name: str, made: Stand, sign_ins: int, hurt: Callable[[], Awaitable[None]]
) -> AsyncGenerator[Counts]:
    """Sign in, hurt meanwhile, look back, and go on."""
    counts = Counts(name)
    party = RelyingParty(made.url)
    async with httpx.AsyncClient(trust_env=False) as http:
        await party.fetch_keys(http)
    people = people_of(sign_ins)
    async with crowd(people, CLIENT_IDS) as visits:
        crowded = asyncio.create_task(sign_in_all(party, visits, counts))
        await party.until_answered(sign_ins // 3)
        await hurt()
        await crowded
        async with httpx.AsyncClient(trust_env=False) as http:
            await party.fetch_keys(http)
        await look_back(party, visits, counts)
    await go_on(party, [*people[:LATE], *people_of(LATE, "late")], counts)
    yield counts


async def nothing(folder: Path, sign_ins: int) -> Counts:
    """No fault: what the counts are when all is well."""
    async with stand(folder) as made, AsyncExitStack() as opened:
        await opened.enter_async_context(made.simulate(all_people(sign_ins)))
        await opened.enter_async_context(made.serve())

        async def hurt() -> None:
            return None

        async with counted("nothing", made, sign_ins, hurt) as counts:
            pass
        assert made.integrity() == [("ok",)]
        return counts


async def kill_bridge(folder: Path, sign_ins: int) -> Counts:
    """SQLite, one node: killed with everybody under way, and started again."""
    async with stand(folder) as made, AsyncExitStack() as opened:
        people = all_people(sign_ins)
        await opened.enter_async_context(made.simulate(people))
        served = await opened.enter_async_context(made.serve())

        async def hurt() -> None:
            await served.stopped(signal.SIGKILL)
            await opened.enter_async_context(made.serve())

        async with counted("kill -9 bridge (SQLite)", made, sign_ins, hurt) as counts:
            pass
        assert made.integrity() == [("ok",)]
        return counts


async def kill_wechat(folder: Path, sign_ins: int) -> Counts:
    """The simulated WeChat: killed, and started again without a memory of its codes."""
    async with stand(folder) as made, AsyncExitStack() as opened:
        people = all_people(sign_ins)
        wechat = await opened.enter_async_context(made.simulate(people))
        await opened.enter_async_context(made.serve())

        async def hurt() -> None:
            await wechat.stopped(signal.SIGKILL)
            await opened.enter_async_context(made.simulate(people))

        async with counted("kill -9 WeChat", made, sign_ins, hurt) as counts:
            pass
        return counts


@dataclass
class Cast:
    """Two bridges on one PostgreSQL behind a load balancer, and what they stand on."""

    made: Stand
    opened: AsyncExitStack
    database: Database
    ports: tuple[int, int]
    bridges: list[Program]

    async def serve_again(self, number: int) -> None:
        served = await self.opened.enter_async_context(self.made.serve(self.ports[number]))
        self.bridges[number] = served


@asynccontextmanager
async def two_bridges(folder: Path, sign_ins: int) -> AsyncGenerator[Cast]:
    async with AsyncExitStack() as opened:
        database = await asyncio.to_thread(opened.enter_context, a_database())
        made = await opened.enter_async_context(stand(folder, database.url))
        people = all_people(sign_ins)
        await opened.enter_async_context(made.simulate(people))
        ports = (free_port(), free_port())
        bridges = [await opened.enter_async_context(made.serve(port)) for port in ports]
        await opened.enter_async_context(balanced(made.port, ports))
        yield Cast(made, opened, database, ports, bridges)


async def kill_one_of_two(folder: Path, sign_ins: int) -> Counts:
    """PostgreSQL, two nodes behind a load balancer: one is killed, and later started again."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt() -> None:
            await cast.bridges[0].stopped(signal.SIGKILL)
            await cast.serve_again(0)

        async with counted("kill -9 one of two bridges", cast.made, sign_ins, hurt) as counts:
            pass
        return counts


async def restart_both(folder: Path, sign_ins: int) -> Counts:
    """A rolling restart: one after the other is asked to stop, and started again."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt() -> None:
            for number in (0, 1):
                await cast.bridges[number].stopped(signal.SIGTERM)
                await cast.serve_again(number)

        async with counted("rolling restart of two", cast.made, sign_ins, hurt) as counts:
            pass
        return counts


async def kill_database(folder: Path, sign_ins: int) -> Counts:
    """PostgreSQL is killed, all of it, and recovers from its log."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt() -> None:
            await asyncio.to_thread(cast.database.kill)
            await asyncio.to_thread(cast.database.start)

        async with counted("kill -9 PostgreSQL", cast.made, sign_ins, hurt) as counts:
            pass
        return counts


def database_away(how: str, seconds: float) -> "Scenario":
    """PostgreSQL is stopped for a while: shut down, or frozen so that it does not answer."""

    async def scenario(folder: Path, sign_ins: int) -> Counts:
        async with two_bridges(folder, sign_ins) as cast:
            answers: list[tuple[int, float]] = []

            async def hurt() -> None:
                await asyncio.to_thread(getattr(cast.database, how))
                answers.extend(await asked_meanwhile(cast.made, seconds))
                mend = cast.database.start if how == "stop" else cast.database.thaw
                await asyncio.to_thread(mend)

            name = f"PostgreSQL {how} for {seconds:.0f} s"
            async with counted(name, cast.made, sign_ins, hurt) as counts:
                pass
            away = [took for status, took in answers if status == httpx.codes.SERVICE_UNAVAILABLE]
            counts.refused["503 meanwhile"] = len(away)
            counts.slowest = max(took for _, took in answers)
            if len(away) < len(answers) // 2 or counts.slowest > SLOWEST:
                counts.violations.append(f"not at once 503: {answers}")
            return counts

    return scenario


async def asked_meanwhile(made: Stand, seconds: float) -> list[tuple[int, float]]:
    """Ask for tokens again and again for so long; return each status, and how long it took."""
    answers: list[tuple[int, float]] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    form = {"grant_type": "refresh_token", "refresh_token": "unknown"}
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        while loop.time() < until:
            started = loop.time()
            answer = await http.post(
                f"{made.url}/token", data=form, auth=(CLIENT_IDS[0], CLIENT_SECRET)
            )
            answers.append((answer.status_code, loop.time() - started))
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.2)
    return answers


Scenario = Callable[[Path, int], Coroutine[Any, Any, Counts]]

SCENARIOS: dict[str, Scenario] = {
    "nothing": nothing,
    "kill-bridge": kill_bridge,
    "kill-one-of-two": kill_one_of_two,
    "restart-both": restart_both,
    "kill-database": kill_database,
    "stop-database": database_away("stop", 30),
    "freeze-database": database_away("freeze", 30),
    "kill-wechat": kill_wechat,
}
