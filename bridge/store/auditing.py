"""The audit trail: what an operator may have to act on, or has done."""

import json
from collections.abc import Mapping

from bridge.store.audit_events import AuditEvent
from bridge.store.engine import Steps

ADD_AUDIT = """
    INSERT INTO audit (audit_id, at, event, account_id, client_id, other_account_id, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


def note(  # noqa: PLR0913 - the columns of a row
    audit_id: str,
    at: int,
    event: AuditEvent,
    *,
    account_id: str | None,
    client_id: str | None = None,
    other_account_id: str | None = None,
    detail: Mapping[str, str] | None = None,
) -> Steps[None]:
    """Write it down. ``detail`` holds nothing that a person could be known by."""
    text = json.dumps(detail) if detail else None
    yield ADD_AUDIT, (audit_id, at, event, account_id, client_id, other_account_id, text)
