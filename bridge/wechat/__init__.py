"""WeChat, the upstream: how a person is sent there, and who comes back."""

from bridge.wechat.application import BROWSER_KINDS, Kind, WeChatApplication
from bridge.wechat.assurance import Assurance, acr_values_of, assurance_of
from bridge.wechat.client import WeChatClient, wechat_client
from bridge.wechat.clients import WeChatClients, wechat_clients
from bridge.wechat.deliveries import Deliveries, Delivery
from bridge.wechat.errors import (
    WeChatAppidRejected,
    WeChatBusy,
    WeChatCodeLost,
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatCrowded,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatProxyFailed,
    WeChatSecretRejected,
    WeChatSnapshotUser,
    WeChatUnavailable,
    WeChatUnionidMissing,
)
from bridge.wechat.hosts import WeChatHosts
from bridge.wechat.http_client import Limits, open_http_client
from bridge.wechat.identity import SubjectSetting, WeChatIdentity, subject_for
from bridge.wechat.proxy import Proxy, proxys_fault, read_proxy

__all__ = [
    "BROWSER_KINDS",
    "Assurance",
    "Deliveries",
    "Delivery",
    "Kind",
    "Limits",
    "Proxy",
    "SubjectSetting",
    "WeChatAppidRejected",
    "WeChatApplication",
    "WeChatBusy",
    "WeChatClient",
    "WeChatClients",
    "WeChatCodeLost",
    "WeChatCodeRejected",
    "WeChatCodeUsed",
    "WeChatCrowded",
    "WeChatError",
    "WeChatHosts",
    "WeChatIdentity",
    "WeChatLimited",
    "WeChatMisconfigured",
    "WeChatPersonRefused",
    "WeChatProxyFailed",
    "WeChatSecretRejected",
    "WeChatSnapshotUser",
    "WeChatUnavailable",
    "WeChatUnionidMissing",
    "acr_values_of",
    "assurance_of",
    "open_http_client",
    "proxys_fault",
    "read_proxy",
    "subject_for",
    "wechat_client",
    "wechat_clients",
]
