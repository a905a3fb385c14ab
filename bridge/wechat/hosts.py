"""Which of WeChat's hosts to ask first.

https://developers.weixin.qq.com/doc/service/Basic_Information/Interface_field_description.html
names several, for disasters (as of 2026-11). A host to which no connection came about is asked last
for a while, so that not every sign-in waits for it anew; so is one that fails again and again after
it was sent something, though what was sent is never sent to another.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.wechat.proxy import Proxy

# Seconds. Short: that the way to a host is broken is nothing that stays.
PASSED_OVER = 30

# Failures in a row, after a connection, that are no hiccup
TOO_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatHosts:
    """Origins. The API's are tried in order while no connection comes about.

    ``proxy`` is by which they are reached; browsers reach ``authorize`` by themselves.
    """

    api: tuple[str, ...] = ("https://api.weixin.qq.com", "https://api2.weixin.qq.com")
    authorize: str = "https://open.weixin.qq.com"
    proxy: Proxy | None = None


class HostsInTurn:
    """The API's hosts, and which of them could not be reached lately. ``now`` is in seconds."""

    def __init__(self, origins: tuple[str, ...], *, now: Callable[[], int]) -> None:
        self._origins = origins
        self._now = now
        self._passed_over_until = dict[str, int]()
        self._failures = dict[str, int]()

    def order(self) -> tuple[str, ...]:
        """Return all of them, those that could not be reached at the end.

        Where the while of one is over, it is tried by one caller; the others wait for what becomes
        of that.
        """
        now = self._now()
        good = [origin for origin in self._origins if origin not in self._passed_over_until]
        on_trial = [o for o, until in self._passed_over_until.items() if until <= now]
        for origin in on_trial:
            self._passed_over_until[origin] = now + PASSED_OVER
        tried = [origin for origin in self._origins if origin in on_trial or origin in good]
        return (*tried, *(origin for origin in self._origins if origin not in tried))

    def unreachable(self, origin: str) -> None:
        """No connection came about."""
        self._passed_over_until[origin] = self._now() + PASSED_OVER

    def failed(self, origin: str) -> None:
        """A connection did, and then there was no answer."""
        self._failures[origin] = self._failures.get(origin, 0) + 1
        if self._failures[origin] >= TOO_MANY:
            self.unreachable(origin)

    def answered(self, origin: str) -> None:
        """There was an answer, whatever it says."""
        self._passed_over_until.pop(origin, None)
        self._failures.pop(origin, None)
