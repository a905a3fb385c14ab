"""The kinds of errors form a tree, by which it is decided what they mean."""

import pytest

from bridge.wechat import errors
from bridge.wechat.errors import (
    WeChatAppidRejected,
    WeChatBusy,
    WeChatCodeLost,
    WeChatCodeRejected,
    WeChatCodesInvalid,
    WeChatCodeUsed,
    WeChatCrowded,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonLimited,
    WeChatPersonRefused,
    WeChatProxyFailed,
    WeChatSecretRejected,
    WeChatSnapshotUser,
    WeChatUnavailable,
    WeChatUnionidMissing,
)

TREE: dict[type[WeChatError], type[Exception]] = {
    WeChatError: Exception,
    WeChatCodeRejected: WeChatError,
    WeChatCodeUsed: WeChatCodeRejected,
    WeChatCodesInvalid: WeChatCodeRejected,
    WeChatCodeLost: WeChatCodeRejected,
    WeChatBusy: WeChatError,
    WeChatPersonRefused: WeChatError,
    WeChatMisconfigured: WeChatError,
    WeChatAppidRejected: WeChatMisconfigured,
    WeChatSecretRejected: WeChatMisconfigured,
    WeChatUnionidMissing: WeChatMisconfigured,
    WeChatSnapshotUser: WeChatError,
    WeChatLimited: WeChatError,
    WeChatCrowded: WeChatLimited,
    WeChatPersonLimited: WeChatLimited,
    WeChatUnavailable: WeChatError,
    WeChatProxyFailed: WeChatUnavailable,
}


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_each_kind_has_its_place(kind: type[WeChatError]) -> None:
    assert kind.__bases__ == (TREE[kind],)
    failure = kind("text")
    assert str(failure) == "text"
    assert (failure.errcode, failure.call, failure.is_spent) == (None, None, False)


def test_there_is_no_other() -> None:
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, WeChatError)
    }
    assert kinds == set(TREE)
