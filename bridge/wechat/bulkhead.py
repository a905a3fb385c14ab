"""How many sign-ins may be at WeChat at once, for one application.

WeChat counts and slows by application. Where one of them is slow, those who sign in by it wait for
one another, and for nobody else: each application has a bulkhead, and connections, of its own.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bridge.wechat.errors import WeChatCrowded

# Who waits costs a little memory, and has a connection to us open anyway.
WAITING_FOR_EACH = 10

# Seconds after which those who are turned away may come again
RETRY_AFTER = 5


class Bulkhead:
    """``at_once`` places; whoever comes later waits in turn for ``patience`` seconds at most."""

    def __init__(self, at_once: int, *, patience: float) -> None:
        self._free = at_once
        self._most_waiting = at_once * WAITING_FOR_EACH
        self._patience = patience
        self._waiting = deque[asyncio.Future[None]]()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """Hold a place while the context lasts; raise WeChatCrowded where none comes free."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise WeChatCrowded("too many wait already", retry_after=RETRY_AFTER)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except TimeoutError:
            failure = WeChatCrowded("no place came free in time", retry_after=RETRY_AFTER)
        except asyncio.CancelledError:
            self._leave(turn)
            raise
        else:
            return
        self._leave(turn)
        raise failure

    def _leave(self, turn: "asyncio.Future[None]") -> None:
        """A place may have come at the very moment at which the patience ended."""
        if turn.done() and not turn.cancelled():
            self._give_back()
        elif turn in self._waiting:
            self._waiting.remove(turn)

    def _give_back(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
