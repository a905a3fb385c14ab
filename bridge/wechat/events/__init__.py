"""WeChat's signed pushes: what the platform tells the developer of its own accord.

That somebody withdrew their authorization, or that WeChat has cleaned a profile. Everything here
is a function of what was sent; what follows from it is for ``bridge.endpoints.events``.
"""

from bridge.wechat.events.envelope import read_aes_key
from bridge.wechat.events.errors import PushRefused, PushUnusable
from bridge.wechat.events.message import AuthorizationChange, Change, read_change
from bridge.wechat.events.receiving import Delivery, PushSettings, answer_to_url_check, receive

__all__ = [
    "AuthorizationChange",
    "Change",
    "Delivery",
    "PushRefused",
    "PushSettings",
    "PushUnusable",
    "answer_to_url_check",
    "read_aes_key",
    "read_change",
    "receive",
]
