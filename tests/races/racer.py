"""The program that each racing process runs: a kind and its things a line, the results a line."""

import asyncio
import json
import sys
from collections.abc import Sequence

from bridge.store import Store
from bridge.store.postgres import PostgreSQLEngine
from tests.races.kinds import KINDS
from tests.races.racing import AT_ONCE, LIMITS


async def race(url: str) -> None:
    """In the order in which all others do it, so that they meet."""
    store = Store(PostgreSQLEngine(url, LIMITS))
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            kind, *things = json.loads(line)
            sys.stdout.write(f"{json.dumps(await _results(store, kind, things))}\n")
            sys.stdout.flush()
    finally:
        await store.close()


async def _results(store: Store, kind: str, things: Sequence[str]) -> list[str]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def attempt(thing: str) -> str:
        async with turn:
            try:
                return await KINDS[kind].race(store, thing)
            except Exception as failure:  # noqa: BLE001 - it is judged by whoever counts
                return f"{type(failure).__name__}: {failure}"

    return list(await asyncio.gather(*map(attempt, things)))


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1]))
