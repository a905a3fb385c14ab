"""What has become of the codes that people were sent back with, as far as this process knows.

WeChat and browsers deliver one code more than once: at the same moment, or by a reload. WeChat is
asked once; whoever comes while that is under way, or soon after, is told the same. What another
process asks about is found in the store, or by WeChat's ``code been used``.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bridge.oidc.access_token import token_hash
from bridge.wechat.errors import (
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatError,
    WeChatLimited,
    WeChatPersonRefused,
    WeChatSnapshotUser,
)
from bridge.wechat.identity import WeChatIdentity

Told = WeChatIdentity | WeChatError

# Seconds: as long as a code lives, ten minutes at most, and as a sign-in may take
REMEMBERED = 600

# Each is a few hundred bytes. When there are more, the oldest are forgotten.
MOST_REMEMBERED = 10_000

# How often one sign-in may have WeChat asked: a person brings one code, or one more after going
# back, and may reload where WeChat could not be reached. Whoever brings more invents them.
MOST_QUESTIONS = 5

# To ask once more about the same code would give the same answer.
FINAL = (WeChatIdentity, WeChatCodeRejected, WeChatPersonRefused, WeChatSnapshotUser)


@dataclass(frozen=True)
class Delivery:
    """A code of WeChat's that answers the pending request ``wechat_state``."""

    wechat_state: str
    wechat_code: str = field(repr=False)

    @cached_property
    def hash(self) -> str:
        """What both together are known by, also in the store."""
        return token_hash(f"{self.wechat_state}.{self.wechat_code}")


class Deliveries:
    """``now`` is in seconds."""

    def __init__(self, *, now: Callable[[], int]) -> None:
        self._now = now
        self._under_way = dict[str, asyncio.Task[WeChatIdentity | Exception]]()
        self._told = dict[str, tuple[int, Told]]()
        self._questions = dict[str, tuple[int, int]]()

    async def ask(
        self, delivery: Delivery, identify: Callable[[], Coroutine[Any, Any, WeChatIdentity]]
    ) -> Told:
        """Return who came, or why WeChat does not say; ask by ``identify`` if nobody has.

        Whoever waits here may go away: the question is not given up, and the answer is kept for
        those who come back.
        """
        self._forget()
        wechat_state, delivery_hash = delivery.wechat_state, delivery.hash
        if delivery_hash in self._told:
            return self._told[delivery_hash][1]
        if delivery_hash not in self._under_way:
            if self._count(wechat_state, 1) > MOST_QUESTIONS:
                return WeChatCodeRejected("too many questions for one sign-in")
            task = asyncio.create_task(self._ask(delivery, identify))
            self._under_way[delivery_hash] = task
        told = await asyncio.shield(self._under_way[delivery_hash])
        if isinstance(told, Exception) and not isinstance(told, WeChatError):
            raise told
        return told

    def answered(self, wechat_state: str, delivery_hash: str) -> None:
        """Forget who came: they are signed in, and from now on only the store knows.

        Else somebody who is erased would be back by a reload.
        """
        self._told.pop(delivery_hash, None)
        self._questions.pop(wechat_state, None)

    async def close(self) -> None:
        """Give up what is under way."""
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _ask(
        self, delivery: Delivery, identify: Callable[[], Coroutine[Any, Any, WeChatIdentity]]
    ) -> WeChatIdentity | Exception:
        """Return a fault, too: where nobody waits for it, asyncio would write its text down."""
        delivery_hash = delivery.hash
        try:
            told: WeChatIdentity | Exception = await identify()
        except Exception as failure:  # noqa: BLE001 - raised where somebody waits
            told = failure
        finally:
            del self._under_way[delivery_hash]
        if isinstance(told, FINAL) and not isinstance(told, WeChatCodeUsed):
            self._remember(delivery_hash, told)
        elif isinstance(told, WeChatError) and told.is_spent:
            self._remember(delivery_hash, WeChatCodeRejected("the code was used before"))
        elif isinstance(told, WeChatLimited):
            self._count(delivery.wechat_state, -1)  # who was asked to come again may come again
        return told

    def _count(self, wechat_state: str, questions: int) -> int:
        """Return how many have been asked, with these."""
        expires_at, asked = self._questions.get(wechat_state, (self._now() + REMEMBERED, 0))
        self._questions[wechat_state] = expires_at, asked + questions
        return asked + questions

    def _remember(self, delivery_hash: str, told: Told) -> None:
        self._told[delivery_hash] = (self._now() + REMEMBERED, told)

    def _forget(self) -> None:
        """Let go of what is old, or too much: both begin with the oldest."""
        now = self._now()
        for kept in (self._told, self._questions):
            while kept and (len(kept) > MOST_REMEMBERED or next(iter(kept.values()))[0] <= now):
                del kept[next(iter(kept))]
