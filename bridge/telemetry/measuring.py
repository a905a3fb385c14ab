"""Where code says what happened; without meters it costs next to nothing.

As with the log, there is one for the process: whoever serves turns it on with ``measure``.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from bridge.telemetry.meters import Meters

# The channel of who is answered by a session, and of who has not come by any
SESSION, NO_CHANNEL = "session", "none"

_CHANNEL: ContextVar[str] = ContextVar("channel", default=NO_CHANNEL)

# The events with which a sign-in ends, and how it then has ended
OUTCOMES: Mapping[str, str] = {
    "sign_in.completed": "completed",
    "session.used": "session_used",
    "sign_in.cancelled": "cancelled",
    "sign_in.refused": "refused",
    "sign_in.snapshot_user": "snapshot_user",
    "identity.shared": "identity_shared",
    "identity.subject_taken": "subject_taken",
    "wechat.failed": "wechat_failed",
    "wechat.limited": "wechat_limited",
    "wechat.misconfigured": "wechat_misconfigured",
}


class _Measuring:
    meters: Meters | None = None


_MEASURING = _Measuring()


@contextmanager
def measuring(meters: Meters | None) -> Generator[None]:
    """Count with these while the context lasts; None counts nothing."""
    former = _MEASURING.meters
    _MEASURING.meters = meters
    try:
        yield
    finally:
        if _MEASURING.meters is meters:
            _MEASURING.meters = former


def came_by(channel: str) -> None:
    """Say by which kind of application at WeChat the person of this request signs in."""
    _CHANNEL.set(channel)


def count_event(event: str) -> None:
    """Count an event of the log, and the sign-in that ends with it."""
    meters = _MEASURING.meters
    if meters is None:
        return
    meters.event(event).inc()
    outcome = OUTCOMES.get(event)
    if outcome is not None:
        channel = SESSION if event == "session.used" else _CHANNEL.get()
        meters.sign_ins.labels(channel, outcome).inc()


def count_answer(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Count an answer; ``endpoint`` is a template, ``status`` 0 where nothing was answered."""
    meters = _MEASURING.meters
    if meters is not None:
        answers, times = meters.answer(endpoint, method, status)
        answers.inc()
        times.observe(seconds)


def count_wechat_call(host: str, call: str, errcode: str, seconds: float) -> None:
    """Count a call; ``errcode`` is 0, a known number of WeChat's, or a word of ours."""
    meters = _MEASURING.meters
    if meters is not None:
        calls, times = meters.wechat_call(host, call, errcode)
        calls.inc()
        times.observe(seconds)


def count_token_request(grant: str, error: str = "") -> None:
    """Count a request to the Token Endpoint; ``grant`` is one that there is, or ``other``."""
    meters = _MEASURING.meters
    if meters is not None:
        meters.token_requests.labels(grant, error).inc()


def count_verb(kind: str, outcome: str, seconds: float) -> None:
    """Count a verb of the store: ``read``, ``write`` or ``alter``; ``done`` or ``failed``."""
    meters = _MEASURING.meters
    if meters is not None:
        meters.verb(kind, outcome).observe(seconds)


def count_housekeeping(outcome: str) -> None:
    """Count a round: ``done`` or ``failed``."""
    meters = _MEASURING.meters
    if meters is not None:
        meters.housekeeping.labels(outcome).inc()
