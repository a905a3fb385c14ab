"""What each of WeChat's refusals means: for the person, for the client, and for the log.

``bridge.wechat.errcodes`` says which number is which refusal; here is what follows, whatever the
number was.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bridge.oidc.errors import AccessDenied, OAuthError, ServerError, TemporarilyUnavailable
from bridge.telemetry import Event, emit
from bridge.wechat import (
    WeChatBusy,
    WeChatCodeLost,
    WeChatCodeRejected,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSnapshotUser,
    WeChatUnavailable,
)

Remedy = Literal["restart", "wait", "deny", "tell"]
"""The person goes to WeChat again, tries again later, reads why not, or the client is told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``text`` is the page's name (a notice or a situation), or the ``error_description``."""

    remedy: Remedy
    error: type[OAuthError]
    text: str
    event: Event = Event.WECHAT_FAILED
    level: int = logging.WARNING


OUTCOMES: Final[Mapping[type[WeChatError], Outcome]] = {
    WeChatCodeRejected: Outcome("restart", AccessDenied, "expired"),
    WeChatCodeLost: Outcome("restart", TemporarilyUnavailable, "busy", level=logging.INFO),
    WeChatBusy: Outcome("restart", TemporarilyUnavailable, "busy"),
    WeChatLimited: Outcome("wait", TemporarilyUnavailable, "busy", Event.WECHAT_LIMITED),
    WeChatPersonRefused: Outcome("deny", AccessDenied, "limited"),
    WeChatSnapshotUser: Outcome(
        "deny", AccessDenied, "snapshot", Event.SNAPSHOT_USER_REFUSED, logging.INFO
    ),
    WeChatMisconfigured: Outcome(
        *("tell", ServerError, "the connection to WeChat is not set up correctly"),
        *(Event.WECHAT_MISCONFIGURED, logging.ERROR),
    ),
    WeChatUnavailable: Outcome(
        "tell", TemporarilyUnavailable, "WeChat cannot be reached; try again later"
    ),
}
"""By kind; a kind that is not here has its parent's. ``error`` is told wherever one is told."""


def outcome_of(failure: WeChatError) -> Outcome:
    """Return what follows from a refusal."""
    known = (OUTCOMES[kind] for kind in type(failure).__mro__ if kind in OUTCOMES)
    outcome = next(known)
    if outcome.remedy == "wait" and failure.is_spent:
        # To wait is of no use without the code.
        return Outcome("restart", outcome.error, outcome.text, outcome.event, outcome.level)
    return outcome


def log_failure(failure: WeChatError, *, client_id: str, appid: str | None) -> None:
    """Write down why nobody is signed in."""
    outcome = outcome_of(failure)
    emit(
        outcome.event,
        outcome.level,
        client_id=client_id,
        appid=appid,
        failure=type(failure).__name__,
        call=failure.call,
        cause=str(failure) or None,
    )
