"""Work that goes on after the answer to which it belongs, and ends with the process."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from bridge.telemetry.shield import report

# Seconds that are left to it at the end: with those of requests under way (``bridge.cli.serving``)
# less than the 10 after which Docker kills.
PATIENCE = 1

# Fewer than the fetcher has connections: whoever waits for a client's keys is not kept out by those
# who sign out of many clients at once.
AT_ONCE = 50


class Background:
    """Holds what is under way, so that it is neither forgotten nor cut off. Use ``background``.

    What asks others does so in ``turn``.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.turn = asyncio.Semaphore(AT_ONCE)

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Do this from now on. It answers for its own failures; a fault in it is written down."""
        task = asyncio.create_task(_reported(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, patience: float) -> None:
        """Cancel what is not done after so many seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await self.finish()


async def _reported(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception as fault:  # noqa: BLE001 - nobody else would hear of it
        report(fault)


@asynccontextmanager
async def background(patience: float = PATIENCE) -> AsyncGenerator[Background]:
    """Open it, and end what is under way at the end."""
    under_way = Background()
    try:
        yield under_way
    finally:
        await under_way.close(patience)
