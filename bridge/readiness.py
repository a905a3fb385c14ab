"""Whether this process should be sent requests: what ``/health/ready`` answers.

WeChat is not a part of it. Every process asks the same WeChat: where it is down, none of them would
be ready, and people whom a session signs in without it, tokens, keys and pages would be gone, too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from bridge.telemetry import Event, emit

# Seconds in which a part has to answer
WITHIN = 1.0

Verdict = Literal["ok", "failed", "no answer", "stopping"]


class Readiness:
    """``parts`` are asked by name; one that raises, or takes too long, is not usable.

    Nobody's number of questions multiplies: who asks while an answer is being found shares it.
    """

    def __init__(
        self, parts: Mapping[str, Callable[[], Awaitable[object]]], within: float = WITHIN
    ) -> None:
        self._parts = parts
        self._within = within
        self._stopping = False
        self._under_way: asyncio.Task[dict[str, Verdict]] | None = None
        # What was not well when somebody last asked
        self._amiss: dict[str, str] = {}

    def stop(self) -> None:
        """Say from now on that no more requests should come."""
        self._stopping = True

    async def verdicts(self) -> dict[str, Verdict]:
        """What each part is; all are ``ok`` where requests should come."""
        if self._stopping:
            return {"process": "stopping"}
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._examine())
            self._under_way.add_done_callback(self._answered)
        found = await asyncio.shield(self._under_way)
        return {"process": "ok", **found}

    def _answered(self, _task: asyncio.Task[dict[str, Verdict]]) -> None:
        self._under_way = None

    async def _examine(self) -> dict[str, Verdict]:
        examined = await asyncio.gather(*(self._ask(ask) for ask in self._parts.values()))
        found = dict(zip(self._parts, examined, strict=True))
        self._tell({name: cause for name, (_, cause) in found.items() if cause})
        return {name: verdict for name, (verdict, _) in found.items()}

    async def _ask(self, ask: Callable[[], Awaitable[object]]) -> tuple[Verdict, str]:
        """The verdict, and for the log the kind of failure, never what it says."""
        try:
            async with asyncio.timeout(self._within):
                await ask()
        except TimeoutError:
            return "no answer", "TimeoutError"
        except Exception as failure:  # noqa: BLE001 - whatever it is, the part is not usable
            return "failed", type(failure).__name__
        return "ok", ""

    def _tell(self, amiss: dict[str, str]) -> None:
        """Write down what has changed, once, however often somebody asks."""
        for part, failure in amiss.items():
            if part not in self._amiss:
                emit(Event.HEALTH_LOST, logging.WARNING, part=part, failure=failure)
        for part in self._amiss:
            if part not in amiss:
                emit(Event.HEALTH_REGAINED, part=part)
        self._amiss = amiss
