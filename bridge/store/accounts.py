"""Verbs about what the operator writes down of a person."""

import json
from collections.abc import Callable

from bridge.oidc.account import Account
from bridge.oidc.standard_claims import Claims
from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.engine import Steps
from bridge.store.rows import account_of

ACCOUNT_BY_SUBJECT = """
    SELECT * FROM accounts WHERE subject = $1 AND state IN ('active', 'disabled')
"""
# An address that two people had would let one in as the other, wherever it is the key.
SET_CLAIMS = """
    UPDATE accounts SET standard_claims = $2, email = $3, updated_at = $4
    WHERE subject = $1 AND NOT EXISTS (
        SELECT 1 FROM accounts AS others WHERE others.email = $3 AND others.subject <> $1
    )
    RETURNING *
"""


class TakenEmail(Exception):
    """Somebody else has this e-mail address."""


def find_by_subject(subject: str) -> Steps[Account | None]:
    rows = yield ACCOUNT_BY_SUBJECT, (subject,)
    return account_of(rows[0]) if rows else None


def change_claims(
    subject: str, change: Callable[[Claims], Claims], now: int, audit_id: str | None
) -> Steps[Account | None]:
    known = yield from find_by_subject(subject)
    if known is None:
        return None
    claims = change(dict(known.claims))
    email = str(claims["email"]).lower() if "email" in claims else None
    rows = yield SET_CLAIMS, (subject, json.dumps(claims, ensure_ascii=False), email, now)
    if not rows:
        raise TakenEmail
    if audit_id is not None:
        event, account_id = AuditEvent.ACCOUNT_CHANGED, known.account_id
        yield from note(AuditEntry(audit_id=audit_id, at=now, event=event, account_id=account_id))
    return account_of(rows[0])
