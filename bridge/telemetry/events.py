"""The names of events. They are part of the product: operators search and alert by them."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.telemetry.measuring import count_event

LOGGER = logging.getLogger("bridge")

PLAIN = re.compile(r"[A-Za-z0-9_.:/@+-]{1,200}")

LONGEST_FIELD = 200


class Event(StrEnum):
    STARTED = "bridge.started"
    STOPPED = "bridge.stopped"
    WECHAT_SIMULATED = "wechat.simulated"
    WECHAT_FAILED = "wechat.failed"
    WECHAT_LIMITED = "wechat.limited"
    WECHAT_MISCONFIGURED = "wechat.misconfigured"
    SIGN_IN_COMPLETED = "sign_in.completed"
    SESSION_USED = "session.used"
    SESSION_ENDED = "session.ended"
    LOGOUT_DELIVERED = "logout.delivered"
    LOGOUT_FAILED = "logout.failed"
    SIGN_IN_CANCELLED = "sign_in.cancelled"
    SIGN_IN_REFUSED = "sign_in.refused"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DENIED = "consent.denied"
    SNAPSHOT_USER_REFUSED = "sign_in.snapshot_user"
    IDENTITY_CONFLICT = "identity.conflict"
    IDENTITY_SHARED = "identity.shared"
    SUBJECT_TAKEN = "identity.subject_taken"
    TOKENS_ISSUED = "tokens.issued"
    CODE_REPLAYED = "code.replayed"
    REFRESH_TOKEN_REUSED = "refresh_token.reused"
    PUSH_RECEIVED = "push.received"
    PUSH_REFUSED = "push.refused"
    PUSH_URL_CHECKED = "push.url_checked"
    FETCH_FAILED = "fetch.failed"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED = "client.changed"
    CLIENT_REMOVED = "client.removed"
    WORKER_ENDED = "worker.ended"
    CONNECTION_DROPPED = "connection.dropped"
    CONNECTIONS_FULL = "connections.full"
    PROXY_UNTRUSTED = "proxy.untrusted"
    RATE_LIMIT_EXCEEDED = "rate_limit.exceeded"
    RATE_LIMIT_UNAVAILABLE = "rate_limit.unavailable"
    RATE_LIMIT_AVAILABLE = "rate_limit.available"
    REQUEST_SERVED = "request.served"
    REQUEST_REFUSED = "request.refused"
    REQUEST_FAILED = "request.failed"
    SIGNING_KEYS_CHANGED = "signing_keys.changed"
    SIGNING_KEYS_IMPORTED = "signing_keys.imported"
    SIGNING_KEYS_UNREADABLE = "signing_keys.unreadable"
    TRACES_LOST = "traces.lost"
    TRACES_DELIVERED = "traces.delivered"
    HOUSEKEEPING_DONE = "housekeeping.done"
    HOUSEKEEPING_FAILED = "housekeeping.failed"
    DATABASE_UNAVAILABLE = "database.unavailable"
    DATABASE_AVAILABLE = "database.available"
    HEALTH_LOST = "health.lost"
    HEALTH_REGAINED = "health.regained"


@dataclass(frozen=True, slots=True)
class Told:
    """What a record of ours holds in place of a message: its text is one line."""

    event: Event
    fields: Mapping[str, str | int | float]

    def __str__(self) -> str:
        return " ".join((self.event.value, *fields_in_text(self.fields)))


def emit(event: Event, level: int = logging.INFO, **fields: str | float | None) -> None:
    """Write one line: the event's name, then its fields. Text from outside is quoted.

    It is counted also where its level is not written.
    """
    count_event(event)
    if LOGGER.isEnabledFor(level):
        known = {name: value for name, value in fields.items() if value is not None}
        LOGGER.log(level, Told(event, known))


def fields_in_text(fields: Mapping[str, str | int | float]) -> list[str]:
    """Return ``name=value`` of each, so that none can pass for another or for a second line."""
    return [f"{name}={_in_text(value)}" for name, value in fields.items()]


def _in_text(value: str | float) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text[:LONGEST_FIELD])
