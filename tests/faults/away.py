"""A database that is away for a while: how that is told, and how fast."""

import asyncio
from http import HTTPStatus
from pathlib import Path

import httpx

from tests.faults.counts import Counts
from tests.faults.crowd import PATIENCE
from tests.faults.staging import Course, Scenario, counted, two_bridges
from tests.faults.stand import CLIENT_IDS, Stand
from tests.processes.programs import CLIENT_SECRET

# Seconds within which it is told that the database is away
SLOWEST = 7.0


def database_away(how: str, seconds: float) -> Scenario:
    """PostgreSQL is stopped for a while: shut down, or frozen so that it does not answer."""

    async def scenario(folder: Path, sign_ins: int) -> Counts:
        async with two_bridges(folder, sign_ins) as cast:
            answers: list[tuple[int, float]] = []

            async def hurt(_course: Course) -> None:
                await asyncio.to_thread(getattr(cast.database, how))
                answers.extend(await asked_meanwhile(cast.made, seconds))
                mend = cast.database.start if how == "stop" else cast.database.thaw
                await asyncio.to_thread(mend)

            name = f"PostgreSQL {how} for {seconds:.0f} s"
            counts = await counted(name, cast.made, sign_ins, hurt)
            away = [took for status, took in answers if status == HTTPStatus.SERVICE_UNAVAILABLE]
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
            if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.2)
    return answers
