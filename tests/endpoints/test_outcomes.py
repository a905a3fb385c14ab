"""Each kind of refusal has one outcome, and what the person is shown exists."""

import logging

import pytest

from bridge.endpoints.outcomes import OUTCOMES, Outcome, outcome_of
from bridge.oidc.errors import AccessDenied, ServerError, TemporarilyUnavailable
from bridge.pages import NOTICES, SITUATIONS
from bridge.telemetry import Event
from bridge.wechat import (
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
    WeChatSecretRejected,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from bridge.wechat.errcodes import ERRCODES
from bridge.wechat.errors import WeChatCodesInvalid

FAILED, WARNING = Event.WECHAT_FAILED, logging.WARNING


@pytest.mark.parametrize(
    ("kind", "remedy", "error", "event", "level"),
    [
        (WeChatCodeRejected, "restart", AccessDenied, FAILED, WARNING),
        (WeChatCodeUsed, "restart", AccessDenied, FAILED, WARNING),
        (WeChatCodesInvalid, "restart", AccessDenied, FAILED, WARNING),
        (WeChatCodeLost, "restart", TemporarilyUnavailable, FAILED, logging.INFO),
        (WeChatBusy, "restart", TemporarilyUnavailable, FAILED, WARNING),
        (WeChatPersonRefused, "deny", AccessDenied, FAILED, WARNING),
        (WeChatSnapshotUser, "deny", AccessDenied, Event.SNAPSHOT_USER_REFUSED, logging.INFO),
        (WeChatLimited, "wait", TemporarilyUnavailable, Event.WECHAT_LIMITED, WARNING),
        (WeChatCrowded, "wait", TemporarilyUnavailable, Event.WECHAT_LIMITED, WARNING),
        (WeChatMisconfigured, "tell", ServerError, Event.WECHAT_MISCONFIGURED, logging.ERROR),
        (WeChatAppidRejected, "tell", ServerError, Event.WECHAT_MISCONFIGURED, logging.ERROR),
        (WeChatSecretRejected, "tell", ServerError, Event.WECHAT_MISCONFIGURED, logging.ERROR),
        (WeChatUnavailable, "tell", TemporarilyUnavailable, FAILED, WARNING),
    ],
)
def test_what_follows_from_a_refusal(
    kind: type[WeChatError], remedy: str, error: type[Exception], event: Event, level: int
) -> None:
    outcome = outcome_of(kind())
    assert (outcome.remedy, outcome.error) == (remedy, error)
    assert (outcome.event, outcome.level) == (event, level)


def test_to_wait_is_of_no_use_once_the_code_is_spent() -> None:
    spent = WeChatLimited()
    spent.is_spent = True
    outcome = outcome_of(spent)
    assert (outcome.remedy, outcome.text, outcome.event) == (
        *("restart", "busy"),
        Event.WECHAT_LIMITED,
    )


@pytest.mark.parametrize("kind", dict.fromkeys(ERRCODES.values()))
def test_whatever_wechat_answers_has_an_outcome(kind: type[WeChatError]) -> None:
    assert isinstance(outcome_of(kind()), Outcome)


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=lambda outcome: outcome.text)
def test_what_is_shown_exists_and_what_is_told_is_ascii(outcome: Outcome) -> None:
    shown = {"restart": NOTICES, "wait": SITUATIONS, "deny": SITUATIONS}
    if outcome.remedy in shown:
        assert outcome.text in shown[outcome.remedy]
    else:
        assert outcome.text.isascii()
        assert not {'"', "\\"} & set(outcome.text)
