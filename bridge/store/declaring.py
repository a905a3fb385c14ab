"""Relying parties that stand in the operator's settings, and are registered as these say."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.oidc.client import Client
from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.clients import (
    DECIDED,
    MARK,
    add_client,
    change_client,
    find_client,
    remove_client,
)
from bridge.store.engine import Steps

# Which clients stood in the settings of whoever wrote last: a JSON list of their ids
DECLARED = "declared_clients"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the settings changed: ids of clients."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def declare_clients(
    declared: Sequence[Client],
    merge: Callable[[Client, Client], Client],
    noted: Callable[[AuditEvent, str], AuditEntry],
    now: int,
) -> Steps[Declared]:
    """Register these, and forget those that were declared before and are no longer."""
    rows = yield DECIDED, (DECLARED,)
    former: list[str] = json.loads(rows[0]["value"]) if rows else []
    added: list[str] = []
    changed: list[str] = []
    for wanted in declared:
        known = yield from find_client(wanted.client_id)
        if known is None:
            entry = noted(AuditEvent.CLIENT_ADDED, wanted.client_id)
            yield from add_client(wanted, now, entry)
            added.append(wanted.client_id)
        elif (merged := merge(known, wanted)) != known:
            entry = noted(AuditEvent.CLIENT_CHANGED, wanted.client_id)
            yield from change_client(wanted.client_id, _always(merged), entry)
            changed.append(wanted.client_id)
    client_ids = [client.client_id for client in declared]
    removed = [client_id for client_id in former if client_id not in client_ids]
    for client_id in removed:
        entry = noted(AuditEvent.CLIENT_REMOVED, client_id)
        yield from remove_client(client_id, None, entry)
    if client_ids != former:
        yield MARK, (DECLARED, json.dumps(client_ids))
    return Declared(tuple(added), tuple(changed), tuple(removed))


def _always(client: Client) -> Callable[[Client], Client]:
    return lambda _known: client
