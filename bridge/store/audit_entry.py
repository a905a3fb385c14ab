"""An entry of the audit trail: who, which client, when, from where, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from bridge.store.audit_events import AuditEvent

LENGTH = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody came, as far as it is kept: an address, and what their program is."""

    address: str | None = None
    browser: str | None = None


NOT_SEEN = Visitor()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry. ``at`` is in seconds.

    ``account_id`` is an account's, or the ``newcomer_id`` of somebody who has none. ``detail`` and
    ``reason`` hold nothing that a person could be known by. An entry whose ``audit_id`` there is
    already is not written again.
    """

    audit_id: str
    at: int
    event: AuditEvent
    account_id: str | None = None
    client_id: str | None = None
    other_account_id: str | None = None
    visitor: Visitor = NOT_SEEN
    reason: str | None = None
    detail: Mapping[str, str] | None = None


def newcomer_id(retired_as: str) -> str:
    """Return what stands for somebody without an account: their subject, as nobody can read it.

    ``retired_as`` is what is kept of the subject once its person is erased.
    """
    return f"newcomer:{retired_as.rpartition(':')[2]}"


def audit_id_of(event: AuditEvent, *about: str | int) -> str:
    """Return the id of what is written once, however often it happens: by what it is about."""
    named = "\0".join((event, *map(str, about)))
    return sha256(named.encode()).hexdigest()[:LENGTH]
