"""Each errcode means one of few things: start again, keep out, mend the settings, wait."""

import pytest

from bridge.wechat import (
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
from bridge.wechat.errors import error_for


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        # busy, or too many calls
        (-1, WeChatUnavailable),
        (45009, WeChatUnavailable),
        (45011, WeChatUnavailable),
        # the operator's settings
        (40001, WeChatSecretRejected),
        (40125, WeChatSecretRejected),
        (41004, WeChatSecretRejected),
        (40013, WeChatAppidRejected),
        (41002, WeChatAppidRejected),
        (40002, WeChatMisconfigured),
        (40003, WeChatMisconfigured),
        (40164, WeChatMisconfigured),
        (41001, WeChatMisconfigured),
        (41009, WeChatMisconfigured),
        (43001, WeChatMisconfigured),
        (43003, WeChatMisconfigured),
        (48001, WeChatMisconfigured),
        (48004, WeChatMisconfigured),
        # the code, or what it gave
        (40014, WeChatCodeRejected),
        (40029, WeChatCodeRejected),
        (40163, WeChatCodeRejected),
        (41008, WeChatCodeRejected),
        (42001, WeChatCodeRejected),
        (42003, WeChatCodeRejected),
        (42007, WeChatCodeRejected),
        (50001, WeChatCodeRejected),
        # the person
        (40226, WeChatPersonRefused),
        (50002, WeChatPersonRefused),
        # of calls that are not made here, and unknown ones
        (40030, WeChatUnavailable),
        (41003, WeChatUnavailable),
        (42002, WeChatUnavailable),
        (43002, WeChatUnavailable),
        (50005, WeChatUnavailable),
        (61003, WeChatUnavailable),
        (76022, WeChatUnavailable),
        (10016, WeChatUnavailable),
        (1, WeChatUnavailable),
        (99999, WeChatUnavailable),
    ],
)
def test_an_errcode_means_what_is_to_be_done(errcode: int, kind: type[WeChatError]) -> None:
    failure = error_for(errcode, "text, rid: 6206378a-793424c0-2e4091cc")
    assert type(failure) is kind
    assert failure.errcode == errcode


def test_an_invalid_credential_of_userinfo_is_not_the_secret() -> None:
    """That was right a moment ago; every other errcode means the same in both calls."""
    assert type(error_for(40001, "", of_userinfo=True)) is WeChatCodeRejected
    assert type(error_for(40125, "", of_userinfo=True)) is WeChatSecretRejected


def test_the_text_is_the_number_and_the_rid_that_support_asks_for() -> None:
    failure = error_for(40029, "invalid code, rid: 6206378a-793424c0-2e4091cc")
    assert str(failure) == "errcode 40029, rid 6206378a-793424c0-2e4091cc"


@pytest.mark.parametrize(
    "errmsg",
    [
        "",
        "invalid appsecret 0123456789abcdef, view more at http://t.cn/RAEkdVq hints: [ req_id: x ]",
        "rid: 0123456789abcdef0123456789abcdef",
        "rid: GGGGGGGG-793424c0-2e4091cc",
        "rid: 6206378a\n793424c0\n2e4091cc",
    ],
)
def test_nothing_else_of_errmsg_is_told(errmsg: str) -> None:
    assert str(error_for(40125, errmsg)) == "errcode 40125"


def test_an_errcode_that_is_no_number_makes_no_sense() -> None:
    failure = error_for(None, "rid: 6206378a-793424c0-2e4091cc")
    assert type(failure) is WeChatUnavailable
    assert failure.errcode is None


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (WeChatAppidRejected, WeChatMisconfigured),
        (WeChatSecretRejected, WeChatMisconfigured),
        (WeChatUnionidMissing, WeChatMisconfigured),
        (WeChatCodeRejected, WeChatError),
        (WeChatPersonRefused, WeChatError),
        (WeChatMisconfigured, WeChatError),
        (WeChatSnapshotUser, WeChatError),
        (WeChatUnavailable, WeChatError),
    ],
)
def test_the_errors_form_a_tree(kind: type[WeChatError], parent: type[WeChatError]) -> None:
    assert kind.__bases__ == (parent,)
    assert kind().errcode is None
