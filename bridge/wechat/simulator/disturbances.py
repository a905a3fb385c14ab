"""Which calls go wrong: the next ones of a path, or all until that is taken back, and how slowly.

``plan("/sns/userinfo", errcode(-1), invalid_utf8())`` spoils the next two calls of that path.
Everything can be for every path, and for the calls of one application only; what is more
particular goes first. Where nothing is known of the application, nothing that is only for one of
them happens.
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bridge.wechat.simulator.faults import Fault


@dataclass(frozen=True, slots=True)
class Calls:
    """Which calls are meant: of a path, or of all; of an application, or of all."""

    path: str | None = None
    appid: str | None = None


@dataclass(slots=True)
class Disturbance:
    """What happens to some calls.

    ``next`` is used up, one for each call, and None among them leaves a call alone; then
    ``standing`` is for every call. ``latency`` is in seconds.
    """

    next: deque[Fault | None] = field(default_factory=deque[Fault | None])
    standing: Fault | None = None
    latency: float | None = None


@dataclass(slots=True)
class Disturbances:
    """``paths`` are those of the API."""

    paths: Collection[str]
    _by_calls: dict[Calls, Disturbance] = field(default_factory=dict[Calls, Disturbance])

    def plan(self, path: str | None, *faults: Fault | None, appid: str | None = None) -> None:
        """Spoil the next calls, one fault each. An unknown path is a ``ValueError``."""
        self.of(Calls(path, appid)).next.extend(faults)

    def keep(self, path: str | None, fault: Fault | None, *, appid: str | None = None) -> None:
        """Spoil every call until told otherwise; None ends it."""
        self.of(Calls(path, appid)).standing = fault

    def slow_down(self, path: str | None, seconds: float, *, appid: str | None = None) -> None:
        """Answer only after so many seconds, until told otherwise."""
        self.of(Calls(path, appid)).latency = seconds

    def of(self, calls: Calls) -> Disturbance:
        """What happens to these calls, to be changed in place."""
        if calls.path is not None and calls.path not in self.paths:
            raise ValueError(f"{calls.path} is not a path of the simulated API")
        return self._by_calls.setdefault(calls, Disturbance())

    def take(self, path: str, appid: str | None) -> Fault | None:
        """What happens to this call; what was planned for it is used up."""
        meant = list(self._for(path, appid))
        for disturbance in meant:
            if disturbance.next:
                return disturbance.next.popleft()
        return next((d.standing for d in meant if d.standing is not None), None)

    def latency(self, path: str, appid: str | None) -> float:
        meant = self._for(path, appid)
        return next((d.latency for d in meant if d.latency is not None), 0.0)

    def waiting(self) -> int:
        """How many planned faults have not met their call yet."""
        return sum(len(disturbance.next) for disturbance in self._by_calls.values())

    def forget(self, calls: Calls) -> None:
        self._by_calls.pop(calls, None)

    def forget_all(self) -> None:
        self._by_calls.clear()

    def __iter__(self) -> Iterator[tuple[Calls, Disturbance]]:
        return iter(self._by_calls.items())

    def _for(self, path: str, appid: str | None) -> Iterator[Disturbance]:
        places = [Calls(path), Calls()]
        if appid is not None:
            places = [Calls(path, appid), Calls(path), Calls(None, appid), Calls()]
        for calls in places:
            if calls in self._by_calls:
                yield self._by_calls[calls]
