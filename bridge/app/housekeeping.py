"""What a running bridge does unasked: it removes what has expired, one process at a time."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from bridge.provider import Provider
from bridge.telemetry import Event, count_housekeeping, emit
from bridge.telemetry.shield import report

WORK = "housekeeping"

# Seconds from one look to the next, a tenth more or less, so that processes do not look together …
INTERVAL = 300.0
# … and until the first, at most
FIRST_WITHIN = 3.0

# Seconds. Whoever is at it says so again every LEASE / 3; if it dies, another may after LEASE.
LEASE = 60
# When it is done, nobody looks for so long.
REST = 240

# Seconds between two batches, in which others write
PAUSE = 0.02


@asynccontextmanager
async def housekeeping(provider: Provider) -> AsyncGenerator[None]:
    """Remove what has expired, every few minutes, while the context lasts."""
    task = asyncio.create_task(_Housekeeper(provider).keep_house())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _Housekeeper:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._holder = provider.new_id()
        self._said_at = 0

    async def keep_house(self) -> None:
        await self._provider.sleep(FIRST_WITHIN * self._chance())
        while True:
            try:
                await self._clean()
            except Exception as failure:  # noqa: BLE001 - the next round may succeed
                count_housekeeping("failed")
                report(failure, Event.HOUSEKEEPING_FAILED)
            await self._provider.sleep(INTERVAL * (0.9 + 0.2 * self._chance()))

    async def _clean(self) -> None:
        if not await self._take_turn(LEASE):
            return
        now, kept = self._provider.now(), self._provider.lifetimes.audit
        removed = await self._provider.store.forget_expired(
            now=now, audit_before=now - kept if kept else None, go_on=self._go_on
        )
        if await self._take_turn(REST):
            count_housekeeping("done")
            emit(Event.HOUSEKEEPING_DONE, logging.DEBUG, removed=removed)

    async def _take_turn(self, seconds: int) -> bool:
        now = self._provider.now()
        self._said_at = now
        return await self._provider.store.take_turn(
            WORK, self._holder, now=now, until=now + seconds
        )

    async def _go_on(self) -> bool:
        """Let others write; False where another has taken over, because we were away for long."""
        await self._provider.sleep(PAUSE)
        if 0 <= self._provider.now() - self._said_at < LEASE // 3:
            return True
        return await self._take_turn(LEASE)

    def _chance(self) -> float:
        """From 0 to 1."""
        return int.from_bytes(self._provider.random_bytes(2)) / 65_536
