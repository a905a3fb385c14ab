"""What another delivery of the same code has made, or is about to make.

WeChat says ``code been used`` (40163) to whoever comes second. Where the session of the first is
not there yet, the first is under way: in another process, for those of this one ask together.
"""

from bridge.oidc.account import Session
from bridge.provider import Provider
from bridge.wechat import (
    Delivery,
    WeChatClient,
    WeChatCodeLost,
    WeChatCodeUsed,
    WeChatError,
    WeChatIdentity,
)

# Seconds between two looks: short ones first, for the first delivery was about to be done.
SHORTEST, LONGEST = 0.1, 1.0


async def ask_who_came(
    provider: Provider, wechat: WeChatClient, delivery: Delivery, *, lang: str
) -> WeChatIdentity | Session | WeChatError:
    """Ask WeChat, or find whom another delivery of the same code signed in; or why nobody is."""
    told = await provider.deliveries.ask(
        delivery, lambda: wechat.identify(delivery.wechat_code, lang=lang)
    )
    if isinstance(told, WeChatCodeUsed | WeChatCodeLost):
        # Where WeChat was busy, it has most likely used the code up itself.
        seconds = 0 if isinstance(told, WeChatCodeLost) else wechat.total_timeout
        return await look_for_delivery(provider, delivery, seconds=seconds) or told
    return told


async def look_for_delivery(
    provider: Provider, delivery: Delivery, *, seconds: float
) -> Session | None:
    """Look for the session until it is there, for so many seconds at most.

    None, too, where the sign-in was answered meanwhile with another of WeChat's codes, or has
    ended.
    """
    waited, pause = 0.0, SHORTEST
    while True:
        found = await provider.store.delivered(delivery.wechat_state, delivery.hash)
        if found.session is not None or found.is_answered:
            return found.session
        if waited >= seconds:
            return None
        await provider.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, LONGEST)
