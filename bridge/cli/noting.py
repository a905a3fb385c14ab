"""What the audit trail keeps of what the operator did."""

from typing import Any

from bridge.app import Chance
from bridge.cli.operating import on_store
from bridge.config import Settings
from bridge.store import AuditEntry, AuditEvent


def note_operator(settings: Settings, event: AuditEvent, **members: Any) -> None:
    """Write down what the operator did elsewhere than in the store."""
    on_store(settings, lambda store: store.note(operator_did(event, **members)))


def operator_did(event: AuditEvent, **members: Any) -> AuditEntry:
    """Return the entry of a command, now; ``members`` as it has them."""
    chance = Chance()
    return AuditEntry(audit_id=chance.new_id(), at=chance.now(), event=event, **members)
