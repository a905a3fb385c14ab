"""When a sign-in may ask WeChat: not while the quota is used up, and not too many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bridge.wechat.bulkhead import Bulkhead
from bridge.wechat.errors import (
    WeChatCrowded,
    WeChatError,
    WeChatLimited,
    WeChatPersonLimited,
    WeChatUnavailable,
)
from bridge.wechat.http_client import Limits
from bridge.wechat.quota import Quota

T = TypeVar("T")


class Turns:
    """Those of one application. ``now`` is in seconds."""

    def __init__(self, limits: Limits, *, now: Callable[[], int]) -> None:
        self.total_timeout = limits.total
        # Nobody sends a code when there is no time left for the answer.
        self._bulkhead = Bulkhead(limits.at_once, patience=max(0, limits.total - limits.answer))
        self._quota = Quota(now=now)

    async def take(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what ``ask`` does, all of it, with the wait for a turn, in the total time.

        Raises WeChatLimited, then before anything was sent; WeChatUnavailable; and what ``ask``
        raises.
        """
        self._quota.check()
        try:
            async with asyncio.timeout(self.total_timeout), self._bulkhead.place():
                return await ask()
        except TimeoutError:
            failure: WeChatError = WeChatUnavailable("no answer in time")
        except (WeChatCrowded, WeChatPersonLimited) as limited:
            failure = limited
        except WeChatLimited as limited:
            self._quota.close(limited)
            failure = limited
        raise failure  # here, so that what it came from does not come along
