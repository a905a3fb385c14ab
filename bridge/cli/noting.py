"""What the audit trail keeps of what the operator did."""

from typing import Any

from bridge.app import Chance
from bridge.provider import random_id
from bridge.store import AuditEntry, AuditEvent


def operator_did(event: AuditEvent, **members: Any) -> AuditEntry:
    """Return the entry of a command, now; ``members`` as it has them."""
    chance = Chance()
    audit_id = random_id(chance.random_bytes)
    return AuditEntry(audit_id=audit_id, at=chance.now(), event=event, **members)
