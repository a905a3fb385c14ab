"""WeChat, the upstream: how a person is sent there, and who comes back."""

from bridge.wechat.application import BROWSER_KINDS, Kind, WeChatApplication
from bridge.wechat.client import WeChatClient, WeChatHosts, wechat_client
from bridge.wechat.clients import WeChatClients, wechat_clients
from bridge.wechat.errors import (
    WeChatAppidRejected,
    WeChatCodeRejected,
    WeChatError,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSecretRejected,
    WeChatSnapshotUser,
    WeChatUnavailable,
    WeChatUnionidMissing,
)
from bridge.wechat.http_client import Timeouts, create_http_client
from bridge.wechat.identity import SubjectSetting, WeChatIdentity, subject_for

__all__ = [
    "BROWSER_KINDS",
    "Kind",
    "SubjectSetting",
    "Timeouts",
    "WeChatAppidRejected",
    "WeChatApplication",
    "WeChatClient",
    "WeChatClients",
    "WeChatCodeRejected",
    "WeChatError",
    "WeChatHosts",
    "WeChatIdentity",
    "WeChatMisconfigured",
    "WeChatPersonRefused",
    "WeChatSecretRejected",
    "WeChatSnapshotUser",
    "WeChatUnavailable",
    "WeChatUnionidMissing",
    "create_http_client",
    "subject_for",
    "wechat_client",
    "wechat_clients",
]
