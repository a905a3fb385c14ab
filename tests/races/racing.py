"""Several processes that do the same at the same moment, and what became of it."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bridge.store import Store
from bridge.store.postgres import PoolLimits, PostgreSQLEngine
from tests.races.kinds import KINDS, LOST, WON

REPOSITORY = Path(__file__).parents[2]

# How many races are run between two starting signals, and how many of them a process runs at once
LAP = 40
AT_ONCE = 4

# It is about who wins, on a machine that may be busy with other things.
LIMITS = PoolLimits(connections=AT_ONCE, timeout=60)


@dataclass
class Outcome:
    """Of the races of one kind: how many had one winner, and what came of those that had not."""

    good: int = 0
    bad: list[str] = field(default_factory=list[str])
    seconds: float = 0
    # Of all racers: who won, who lost, and who agreed with the others
    results: Counter[str] = field(default_factory=Counter[str])

    def judge(self, told: str, results: Sequence[str]) -> None:
        """One has won and the others have not; or all were told the same."""
        won, lost = results.count(WON), results.count(LOST)
        agreed = not won and not lost and len(set(results)) == 1
        self.results.update({"won": won, "lost": lost, "agreed": len(results) - won - lost})
        if agreed or (won == 1 and lost == len(results) - 1):
            self.good += 1
        else:
            self.bad.append(f"{told}: {' '.join(results)}")


class Racer:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, kind: str, things: Sequence[str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([kind, *things])}\n")
        self._process.stdin.flush()

    def results(self) -> list[str]:
        assert self._process.stdout is not None
        results: list[str] = json.loads(self._process.stdout.readline())
        return results


@contextmanager
def racer(url: str) -> Generator[Racer]:
    command = (sys.executable, "-m", "tests.races.racer", url)
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY
    ) as process:
        yield Racer(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def run(url: str, races: int, processes: int = 4) -> dict[str, Outcome]:
    """Run ``races`` of all kinds together on a migrated database."""
    share, rest = divmod(races, len(KINDS))
    outcomes: dict[str, Outcome] = {}
    with ExitStack() as running:
        racers = [running.enter_context(racer(url)) for _ in range(processes)]
        for position, name in enumerate(KINDS):
            outcomes[name] = _run_kind(url, name, share + (position < rest), racers)
    return outcomes


def _run_kind(url: str, name: str, races: int, racers: Sequence[Racer]) -> Outcome:
    outcome = Outcome()
    before = time.monotonic()
    for first in range(0, races, LAP):
        things = asyncio.run(_prepared(url, name, range(first, min(first + LAP, races))))
        for each in racers:
            each.start(name, things)
        for told, *results in zip(things, *(each.results() for each in racers), strict=True):
            outcome.judge(told, results)
    outcome.seconds = time.monotonic() - before
    return outcome


async def _prepared(url: str, name: str, numbers: range) -> list[str]:
    store = Store(PostgreSQLEngine(url, LIMITS))
    turn = asyncio.Semaphore(AT_ONCE)

    async def prepare(number: int) -> str:
        async with turn:
            return await KINDS[name].prepare(store, number)

    try:
        return list(await asyncio.gather(*(prepare(number) for number in numbers)))
    finally:
        await store.close()
