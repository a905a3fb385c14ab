"""The calls that WeChat lets one application make: what is done when there were too many."""

from collections.abc import Callable

from bridge.wechat.errors import WeChatLimited

MINUTE = 60


class Quota:
    """Closed for the rest of a minute in which WeChat said that there were too many calls.

    "retry next minute" is all that WeChat says of it (45011):
    https://developers.weixin.qq.com/community/personal/oCJUsw3seRrMog5XeED400ipQjAs/fav
    (as of 2026-11). Its minute is taken for one of the clock, which ends the same everywhere.
    ``now`` is in seconds.
    """

    def __init__(self, *, now: Callable[[], int]) -> None:
        self._now = now
        self._closed_until = 0
        self._errcode: int | None = None

    def check(self) -> None:
        """Raise WeChatLimited while it is closed."""
        left = self._closed_until - self._now()
        if left > 0:
            raise WeChatLimited("the quota is used up", errcode=self._errcode, retry_after=left)

    def close(self, failure: WeChatLimited) -> None:
        """Ask no more in this minute, and tell in ``failure`` how long that is."""
        failure.retry_after = MINUTE - self._now() % MINUTE
        self._closed_until = self._now() + failure.retry_after
        self._errcode = failure.errcode
