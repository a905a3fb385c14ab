"""The audit trail: what somebody may have to answer for, or an operator to act on."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from bridge.store.audit_entry import AuditEntry
from bridge.store.engine import Insertion, Row, Steps

ADD_AUDIT = """
    INSERT INTO audit (audit_id, at, event, account_id, client_id, other_account_id, detail,
        address, browser, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (audit_id) DO NOTHING
"""
ENTRY = "SELECT at FROM audit WHERE audit_id = $1"
# Newest first; the page after the entry that was last on the one before
TRAIL = """
    SELECT * FROM audit WHERE at <= $1 AND at >= $2 AND (at < $1 OR audit_id < $3)
        AND (event = $4 OR event LIKE $5) AND COALESCE(client_id, '') LIKE $6 ESCAPE '!'
    ORDER BY at DESC, audit_id DESC LIMIT $7
"""
TRAIL_OF_ACCOUNT = """
    SELECT * FROM audit WHERE (account_id IN ($8, $9) OR other_account_id = $8)
        AND at <= $1 AND at >= $2 AND (at < $1 OR audit_id < $3)
        AND (event = $4 OR event LIKE $5) AND COALESCE(client_id, '') LIKE $6 ESCAPE '!'
    ORDER BY at DESC, audit_id DESC LIMIT $7
"""
# That there was a sign-in stays; from where it was made goes.
FORGET_VISITORS = """
    UPDATE audit SET address = NULL, browser = NULL
    WHERE account_id IN ($1, $2) OR other_account_id = $1
"""

# Greater than every audit_id
BEYOND = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries are asked for. Seconds, both ends included; None: any.

    ``account_ids`` are the account's own, and the ``newcomer_id`` of its person.
    ``event`` is a name, or the beginning of names up to a dot.
    """

    since: int
    until: int
    limit: int
    account_ids: tuple[str, str] | None = None
    client_id: str | None = None
    event: str | None = None
    # The audit_id of the entry that is followed
    after: str | None = None


def note(entry: AuditEntry | None) -> Steps[None]:
    """Write it down, if there is anything to write."""
    if entry is None:
        return
    visitor = entry.visitor
    yield Insertion(
        ADD_AUDIT,
        (
            *(entry.audit_id, entry.at, entry.event, entry.account_id, entry.client_id),
            *(entry.other_account_id, to_json(entry.detail).decode() if entry.detail else None),
            *(visitor.address, visitor.browser, entry.reason),
        ),
    )


def trail(asked: AuditQuery) -> Steps[list[dict[str, Any]] | None]:
    until, before = asked.until, BEYOND
    if asked.after is not None:
        rows = yield ENTRY, (asked.after,)
        if not rows:
            return None
        if rows[0]["at"] <= until:
            until, before = rows[0]["at"], asked.after
    events = ("", "%") if asked.event is None else (asked.event, f"{asked.event}.%")
    client_id = "%" if asked.client_id is None else _escaped(asked.client_id)
    values = (until, asked.since, before, *events, client_id, asked.limit)
    if asked.account_ids is None:
        rows = yield TRAIL, values
    else:
        rows = yield TRAIL_OF_ACCOUNT, (*values, *asked.account_ids)
    return list(map(as_members, rows))


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def as_members(row: Row) -> dict[str, Any]:
    """A row by the names of its columns, with what is JSON in it read."""
    members = {name: row[name] for name in row.keys()}  # noqa: SIM118 - sqlite3.Row
    for name in ("detail", "claims"):
        if members.get(name):
            members[name] = json.loads(members[name])
    return members
