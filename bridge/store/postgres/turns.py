"""Turns: so many are at work at a time, and the others come in the order in which they asked.

It is what ``asyncio.Semaphore`` does within ``asyncio.timeout``, but that all who wait share a
timer: most of them wait for some milliseconds, and one for each would cost more than all the rest.
"""

import asyncio
from collections import deque

from bridge.store.postgres.failures import Crowded


class Turns:
    """``timeout``: seconds that one waits at most."""

    def __init__(self, number: int, timeout: float) -> None:
        # Nobody waits while a turn is free.
        self._free = number
        self._timeout = timeout
        # Each with the moment at which it gives up: who came first does so first. True: its turn
        self._waiting: deque[tuple[float, asyncio.Future[bool]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def take_at_once(self) -> bool:
        """Whether a turn was free; then it is taken."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def take(self) -> None:
        """Return when it is one's turn; raise Crowded."""
        if self.take_at_once():
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((loop.time() + self._timeout, waiter))
        if self._timer is None:
            self._timer = loop.call_later(self._timeout, self._give_up, loop)
        try:
            is_mine = await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled() and waiter.result():
                self.give()
            raise
        if not is_mine:
            raise Crowded

    def give(self) -> None:
        """Let the next one have the turn that was taken."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(True)
                return
        self._free += 1

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell those whose time is over, and come again when that of the next one is."""
        self._timer = None
        while self._waiting:
            moment, waiter = self._waiting[0]
            if moment > loop.time():
                self._timer = loop.call_at(moment, self._give_up, loop)
                return
            self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(False)
