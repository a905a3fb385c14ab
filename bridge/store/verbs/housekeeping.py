"""What has expired is removed, by one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bridge.store.forgetting import BEGINNING, due, forget_batch
from bridge.store.turn import take_turn
from bridge.store.verbs.engine_held import EngineHeld


async def _at_once() -> bool:
    await asyncio.sleep(0)
    return True


class HousekeepingVerbs(EngineHeld):
    async def take_turn(self, work: str, holder: str, *, now: int, until: int) -> bool:
        """Whether this work is the holder's to do until then; seconds. Atomic.

        Whoever has the turn takes it again to keep it longer, or to let go of it. One that is not
        kept is anybody's when it has passed.
        """
        return await self._engine.write(lambda: take_turn(work, holder, now, until))

    async def forget_expired(
        self,
        *,
        now: int,
        audit_before: int | None = None,
        go_on: Callable[[], Awaitable[bool]] = _at_once,
    ) -> int:
        """Remove what nobody can use any more, and of the audit trail what is that old.

        A batch is a transaction. ``go_on`` is awaited after each, and gives others their turn;
        where it says no, the rest is left. Returns how many rows went.
        """
        removed = 0
        for sweep, until in due(now, audit_before):
            after: int | None = BEGINNING
            while after is not None:
                swept = await self._engine.write(partial(forget_batch, sweep, after, until))
                removed, after = removed + swept.rows, swept.after
                if not await go_on():
                    return removed
        return removed
