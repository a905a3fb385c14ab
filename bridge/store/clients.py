"""Verbs about relying parties, and about what is decided once for the whole installation."""

from collections.abc import Callable

from bridge.oidc.client import Client
from bridge.oidc.consent import is_shown_alike
from bridge.oidc.subject import is_told_alike
from bridge.store.audit_entry import AuditEntry
from bridge.store.auditing import note
from bridge.store.consents import forget_consents
from bridge.store.engine import Steps
from bridge.store.rows import client_of, registration_json

FIND_CLIENT = "SELECT client_id, registration FROM clients WHERE client_id = $1"
LIST_CLIENTS = "SELECT client_id, registration FROM clients ORDER BY client_id"
ADD_CLIENT = """
    INSERT INTO clients (client_id, registration, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (client_id) DO NOTHING RETURNING client_id
"""
CHANGE_CLIENT = "UPDATE clients SET registration = $2 WHERE client_id = $1"
# Kept beside the registrations, so that nobody who asks has all of them read
ADD_WAY_BACK = """
    INSERT INTO post_logout_redirect_uris (uri, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
REMOVE_WAYS_BACK = "DELETE FROM post_logout_redirect_uris WHERE client_id = $1"
RETURNED_TO = """
    SELECT clients.client_id, clients.registration
    FROM post_logout_redirect_uris JOIN clients USING (client_id)
    WHERE post_logout_redirect_uris.uri = $1 LIMIT 2
"""
REMOVE_CLIENT = "DELETE FROM clients WHERE client_id = $1"
REMOVE_CODES = "DELETE FROM codes WHERE client_id = $1"
REMOVE_TOKENS = """
    DELETE FROM tokens WHERE grant_id IN (SELECT grant_id FROM grants WHERE client_id = $1)
"""
REMOVE_GRANTS = "DELETE FROM grants WHERE client_id = $1"
REMOVE_LOG_INS = "DELETE FROM logged_in_clients WHERE client_id = $1"
REMOVE_PUSHED_REQUESTS = "DELETE FROM pushed_requests WHERE client_id = $1"

DECIDE = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING"
DECIDED = "SELECT value FROM installation WHERE name = $1"
DECIDE_AGAIN = """
    UPDATE installation SET value = $3 WHERE name = $1 AND value = $2 RETURNING name
"""
ANY_ACCOUNT = "SELECT account_id FROM accounts LIMIT 1"
MARK = """
    INSERT INTO installation (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


def find_client(client_id: str) -> Steps[Client | None]:
    rows = yield FIND_CLIENT, (client_id,)
    return client_of(rows[0]) if rows else None


def list_clients() -> Steps[list[Client]]:
    rows = yield LIST_CLIENTS, ()
    return [client_of(row) for row in rows]


def add_client(client: Client, now: int, entry: AuditEntry | None) -> Steps[bool]:
    rows = yield ADD_CLIENT, (client.client_id, registration_json(client), now)
    if not rows:
        return False
    yield from _add_ways_back(client)
    yield from note(entry)
    return True


def _add_ways_back(client: Client) -> Steps[None]:
    for uri in client.post_logout_redirect_uris:
        yield ADD_WAY_BACK, (uri, client.client_id)


def clients_returned_to(post_logout_redirect_uri: str) -> Steps[list[Client]]:
    rows = yield RETURNED_TO, (post_logout_redirect_uri,)
    return [client_of(row) for row in rows]


def change_client(
    client_id: str, change: Callable[[Client], Client], entry: AuditEntry | None
) -> Steps[Client | None]:
    known = yield from find_client(client_id)
    if known is None:
        return None
    changed = change(known)
    yield CHANGE_CLIENT, (client_id, registration_json(changed))
    if not is_told_alike(known, changed):
        yield from _forget_grants(client_id)
    yield REMOVE_WAYS_BACK, (client_id,)
    yield from _add_ways_back(changed)
    yield from note(entry)
    return changed


def change_registration(
    client_id: str, change: Callable[[Client], Client], entry: AuditEntry | None
) -> Steps[Client | None]:
    known = yield from find_client(client_id)
    changed = yield from change_client(client_id, change, entry)
    if known and changed and not is_shown_alike(known, changed):
        yield from forget_consents(client_id)
    return changed


def remove_client(
    client_id: str, check: Callable[[Client], None] | None, entry: AuditEntry | None
) -> Steps[bool]:
    known = yield from find_client(client_id)
    if known is None:
        return False
    if check is not None:
        check(known)
    yield from _forget_grants(client_id)
    yield REMOVE_LOG_INS, (client_id,)
    yield REMOVE_PUSHED_REQUESTS, (client_id,)
    yield from forget_consents(client_id)
    yield REMOVE_CLIENT, (client_id,)
    yield from note(entry)
    return True


def _forget_grants(client_id: str) -> Steps[None]:
    yield REMOVE_CODES, (client_id,)
    yield REMOVE_TOKENS, (client_id,)
    yield REMOVE_GRANTS, (client_id,)


def decide(name: str, value: str) -> Steps[str]:
    yield DECIDE, (name, value)
    rows = yield DECIDED, (name,)
    decided: str = rows[0]["value"]
    return decided


def decided(name: str) -> Steps[str | None]:
    rows = yield DECIDED, (name,)
    return rows[0]["value"] if rows else None


def decide_again(name: str, former: str, value: str) -> Steps[bool]:
    rows = yield DECIDE_AGAIN, (name, former, value)
    return bool(rows)


def wechat_mark() -> Steps[str | None]:
    if not (yield ANY_ACCOUNT, ()):
        return None
    rows = yield DECIDED, ("wechat",)
    return rows[0]["value"] if rows else "real"


def mark_wechat(*, wanted: str, override: bool) -> Steps[str]:
    """Return the mark now in force; see ``Store.mark_wechat``."""
    rows = yield DECIDED, ("wechat",)
    populated = bool((yield ANY_ACCOUNT, ()))
    marked: str = rows[0]["value"] if rows else "real"
    if populated and not override and marked != wanted:
        return marked
    yield MARK, ("wechat", wanted)
    return wanted
