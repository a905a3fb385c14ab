"""Each errcode is one of few things: busy, start again, keep out, mend the settings, wait."""

import pytest

from bridge.wechat import (
    WeChatAppidRejected,
    WeChatBusy,
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSecretRejected,
    WeChatUnavailable,
)
from bridge.wechat.errcodes import ERRCODES, Call, error_for
from bridge.wechat.errors import WeChatPersonLimited

# Calls that send the AppSecret, and calls that send what a code gave
WITH_THE_SECRET = (Call.ACCESS_TOKEN, Call.JSCODE2SESSION)
WITH_A_TOKEN = (Call.USERINFO, Call.AUTH, Call.REFRESH_TOKEN)

EXPECTED: dict[type[WeChatError], set[int]] = {
    WeChatBusy: {-1},
    WeChatSecretRejected: {40001, 40125, 41004},
    WeChatAppidRejected: {40013, 41002},
    WeChatCodeUsed: {40163},
    WeChatCodeRejected: {40029, 41008, 42003, 40014, 40030, 42001, 42002, 42007, 50001},
    WeChatPersonRefused: {40226, 50002, 50005},
    WeChatLimited: {45009, 45011},
    WeChatMisconfigured: {
        *(40002, 40003, 40164, 41001, 41003, 41005, 41006, 41007, 41009),
        *(43001, 43002, 43003, 48001, 48004, 76022),
        *(61003, 61004, 61005, 61006, 61007, 61023),
        *(10003, 10004, 10005, 10006, 10009, 10010, 10011, 10012, 10013, 10015, 10016),
    },
}


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("call", Call)
def test_an_errcode_is_of_one_kind(call: Call, kind: type[WeChatError]) -> None:
    apart = {40001, 45011} if call is Call.JSCODE2SESSION else {40001}
    for errcode in EXPECTED[kind] - apart:
        failure = error_for(errcode, "text, rid: 6206378a-793424c0-2e4091cc", call)
        assert type(failure) is kind
        assert failure.errcode == errcode


def test_every_errcode_of_the_table_is_expected_here() -> None:
    assert set().union(*EXPECTED.values()) == set(ERRCODES)


@pytest.mark.parametrize(
    ("calls", "kind"),
    [(WITH_THE_SECRET, WeChatSecretRejected), (WITH_A_TOKEN, WeChatCodeRejected)],
)
def test_an_invalid_credential_is_whatever_was_sent(
    calls: tuple[Call, ...], kind: type[WeChatError]
) -> None:
    """40001: the secret, or the token that WeChat itself gave a moment ago."""
    for call in calls:
        assert type(error_for(40001, "", call)) is kind
    assert {*WITH_THE_SECRET, *WITH_A_TOKEN} == set(Call)


def test_the_quota_of_a_mini_program_is_a_persons_and_not_the_applications() -> None:
    assert type(error_for(45011, "", Call.JSCODE2SESSION)) is WeChatPersonLimited


@pytest.mark.parametrize("errcode", [1, -2, 99999, 40000, 2_147_483_647])
@pytest.mark.parametrize("call", Call)
def test_an_errcode_that_nobody_has_seen_means_that_wechat_is_unavailable(
    call: Call, errcode: int
) -> None:
    failure = error_for(errcode, "", call)
    assert type(failure) is WeChatUnavailable
    assert failure.errcode == errcode


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
