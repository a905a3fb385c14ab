"""How often somebody has asked, and whether that was once too often."""

from collections.abc import Callable, Mapping
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


class Shared(Protocol):
    """Counters that other processes count with, too. Each verb is None where it cannot be said."""

    async def count(self, key: str, seconds: int) -> int | None: ...

    async def left(self, key: str, seconds: int) -> int | None: ...


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
        self._windows = {limit: Windows(now) for limit in rates}
        self._refused = {limit: Windows(now) for limit in rates}
        self._refusals = Refusals(now)

    async def count(self, limit: Limit, *who: str | None) -> Refused | None:
        """Count one more of them; return for how long there are too many.

        Who has no name (None, for example an address where there is none) is not limited.
        """
        rate, key = self._rates.get(limit), self._key(limit, who)
        if rate is None or key is None:
            return None
        refused = self._standing(limit, rate, key)
        if refused is not None:
            return refused
        counted, left = await self._counted(limit, rate, key)
        if counted <= rate.amount:
            return None
        self._refused[limit].begin(key, left)
        return Refused(limit, left)

    def standing(self, limit: Limit, *who: str | None) -> Refused | None:
        """Return for how long there have been too many, as far as this process knows.

        Nothing is counted, and nobody is asked.
        """
        rate, key = self._rates.get(limit), self._key(limit, who)
        return None if rate is None or key is None else self._standing(limit, rate, key)

    def note(
        self, limit: Limit, *, endpoint: str, address: str | None, client_id: str | None = None
    ) -> None:
        """Tell the log, now and then, that somebody was refused."""
        shown = None if address is None else pseudonym(self._secret, "address", address)[:12]
        self._refusals.note(limit, endpoint=endpoint, address=shown, client_id=client_id)

    def _key(self, limit: Limit, who: tuple[str | None, ...]) -> str | None:
        names = tuple(name for name in who if name is not None)
        return pseudonym(self._secret, limit, *names) if len(names) == len(who) else None

    def _standing(self, limit: Limit, rate: Rate, key: str) -> Refused | None:
        left = self._refused[limit].left(key, rate.get_expiry())
        return Refused(limit, left) if left else None

    async def _counted(self, limit: Limit, rate: Rate, key: str) -> tuple[int, int]:
        """How many there are, and where that is too many, the seconds until the window ends."""
        # With the rate in it: who changes a setting begins anew
        name, seconds = f"{limit}/{rate.key_for(key)}", rate.get_expiry()
        if self._shared is not None:
            counted = await self._shared.count(name, seconds)
            if counted is not None and counted <= rate.amount:
                return counted, 0
            left = None if counted is None else await self._shared.left(name, seconds)
            if counted is not None and left is not None:
                return counted, left
        windows = self._windows[limit]
        return windows.count(key, seconds), windows.left(key, seconds)
