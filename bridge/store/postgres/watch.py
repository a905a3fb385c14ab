"""Whether the server answers in time: one timer for all connections.

asyncpg would set one for each statement and take it back, which costs more than to write the
statement into the socket. A connection that does not answer is dropped.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import asyncpg

from bridge.store.postgres.failures import FAILURES
from bridge.store.postgres.opening import drop

Result = TypeVar("Result")


class Watch:
    """``patience``: seconds that one waits for an answer."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        # By when each must have answered that is asked: who was asked first comes first.
        self._asked: dict[asyncpg.Connection, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, connection: asyncpg.Connection) -> None:
        """From now on the connection has to answer in time; for whoever is ``over`` it."""
        loop = asyncio.get_running_loop()
        moment = loop.time() + self._patience
        self._asked.pop(connection, None)
        self._asked[connection] = moment
        if self._timer is None:
            self._timer = loop.call_at(moment, self._look, loop)

    async def over(self, connection: asyncpg.Connection, verb: Awaitable[Result]) -> Result:
        """Return what a verb returns that asks it; raise TimeoutError where it was too late."""
        try:
            return await verb
        except FAILURES:
            if connection not in self._asked:
                raise TimeoutError from None
            raise
        finally:
            self._asked.pop(connection, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Drop those whose time is over, and come again when that of the next one is."""
        self._timer = None
        for connection, moment in list(self._asked.items()):
            if moment > loop.time():
                self._timer = loop.call_at(moment, self._look, loop)
                return
            del self._asked[connection]
            drop(connection)
