"""How often somebody has asked, and whether that was once too often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.limiting.counted import pseudonym
from bridge.limiting.limit import Limit
from bridge.limiting.memory import Windows
from bridge.limiting.rates import Rate
from bridge.limiting.refusals import Refusals


@dataclass(frozen=True, slots=True)
class Refused:
    """Once too often: whole seconds until it may be tried again."""

    limit: Limit
    seconds: int


Window = tuple[str, int]
"""What is counted under which key, and the length of its window in seconds."""

Counted = tuple[int, int]
"""How many there are in a window, and the seconds until it ends."""


class Shared(Protocol):
    """Counters that other processes count with, too."""

    async def count(self, *windows: Window) -> list[Counted] | None:
        """Count one more in each of them; None where that cannot be had."""
        ...


class RateLimiter:
    """``secret`` (64 bytes at most) makes pseudonyms; ``now`` is in whole seconds.

    Whoever was refused is refused until their window ends without being counted, here or in
    Redis: a flood costs nothing there.
    """

    def __init__(
        self,
        rates: Mapping[Limit, Rate],
        *,
        secret: bytes,
        now: Callable[[], int],
        shared: Shared | None = None,
    ) -> None:
        self._rates = rates
        self._secret = secret
        self._now = now
        self._shared = shared
        self._windows = {limit: Windows(now, rate.seconds) for limit, rate in rates.items()}
        self._refused = {limit: Windows(now, rate.seconds) for limit, rate in rates.items()}
        self._refusals = Refusals(now)

    async def count(self, limit: Limit, *who: str | None) -> Refused | None:
        """Count one more of them; return for how long there are too many.

        Who has no name (None, for example an address where there is none) is not limited.
        """
        return await self.count_each((limit, who))

    async def count_each(self, *each: tuple[Limit, tuple[str | None, ...]]) -> Refused | None:
        """Count one more of each, all at once; return the first of which there are too many."""
        known = [
            (limit, rate, key)
            for limit, who in each
            if (rate := self._rates.get(limit)) and (key := self._key(limit, who))
        ]
        for limit, _, key in known:
            if refused := self._standing(limit, key):
                return refused
        answer: Refused | None = None
        for (limit, rate, key), (counted, left) in zip(
            known, await self._counted(known), strict=True
        ):
            if counted > rate.amount:
                self._refused[limit].begin(key, left)
                answer = answer or Refused(limit, left)
        return answer

    def standing(self, limit: Limit, *who: str | None) -> Refused | None:
        """Return for how long there have been too many, as far as this process knows.

        Nothing is counted, and nobody is asked.
        """
        key = self._key(limit, who)
        return None if limit not in self._rates or key is None else self._standing(limit, key)

    def note(
        self, limit: Limit, *, endpoint: str, address: str | None, client_id: str | None = None
    ) -> None:
        """Tell the log, now and then, that somebody was refused."""
        shown = None if address is None else pseudonym(self._secret, "address", address)[:12]
        self._refusals.note(limit, endpoint=endpoint, address=shown, client_id=client_id)

    def _key(self, limit: Limit, who: tuple[str | None, ...]) -> str | None:
        names = tuple(name for name in who if name is not None)
        return pseudonym(self._secret, limit, *names) if len(names) == len(who) else None

    def _standing(self, limit: Limit, key: str) -> Refused | None:
        left = self._refused[limit].left(key)
        return Refused(limit, left) if left else None

    async def _counted(self, known: Sequence[tuple[Limit, Rate, str]]) -> list[Counted]:
        if self._shared is not None and known:
            # With the rate in the key: who changes a setting begins anew
            counted = await self._shared.count(
                *(
                    (f"{limit}/{key}/{rate.amount}/{rate.seconds}", rate.seconds)
                    for limit, rate, key in known
                )
            )
            if counted is not None:
                return counted
        return [
            (self._windows[limit].count(key), self._windows[limit].left(key))
            for limit, _, key in known
        ]
