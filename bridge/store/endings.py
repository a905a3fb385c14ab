"""How all that a person has here ends: their sign-ins, and what apps were given by them."""

from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.engine import Row, Steps
from bridge.store.rows import client_of, session_of
from bridge.store.sessions import LOGGED_IN
from bridge.store.values import AccountState, Ended, LoggedIn

END_SESSIONS = """
    UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL RETURNING sid
"""
# Also of what had ended before: an app may hold tokens of a browser that signed out long ago.
REVOKE_GRANTS_OF_ACCOUNT = """
    UPDATE grants SET revoked_at = $2 WHERE revoked_at IS NULL
        AND sid IN (SELECT sid FROM sessions WHERE account_id = $1)
    RETURNING client_id
"""
# … of those that were made by one application: WeChat names the person by its openid
END_SESSIONS_OF_OPENID = """
    UPDATE sessions SET ended_at = $3 WHERE openid = $1 AND appid = $2 AND ended_at IS NULL
    RETURNING sid
"""
REVOKE_GRANTS_OF_OPENID = """
    UPDATE grants SET revoked_at = $3 WHERE revoked_at IS NULL
        AND sid IN (SELECT sid FROM sessions WHERE openid = $1 AND appid = $2)
    RETURNING client_id
"""
ACCOUNT = "SELECT * FROM accounts WHERE account_id = $1"
SET_STATE = """
    UPDATE accounts SET state = $2, state_at = $3 WHERE account_id = $1 AND state = $4
    RETURNING account_id
"""


def find_row(account_id: str) -> Steps[Row | None]:
    rows = yield ACCOUNT, (account_id,)
    return rows[0] if rows else None


def end_all(account_id: str, now: int) -> Steps[Ended]:
    """End every sign-in of this person and revoke every grant; say who is to be told."""
    ended = yield END_SESSIONS, (account_id, now)
    revoked = yield REVOKE_GRANTS_OF_ACCOUNT, (account_id, now)
    return (yield from _told(ended, revoked))


def end_authorization(appid: str, openid: str, now: int) -> Steps[Ended]:
    """Do the same to what came through one application at WeChat."""
    ended = yield END_SESSIONS_OF_OPENID, (openid, appid, now)
    revoked = yield REVOKE_GRANTS_OF_OPENID, (openid, appid, now)
    return (yield from _told(ended, revoked))


def _told(ended: list[Row], revoked: list[Row]) -> Steps[Ended]:
    logged_in: list[LoggedIn] = []
    for row in ended:
        clients = yield LOGGED_IN, (row["sid"],)
        logged_in += [LoggedIn(client_of(found), session_of(found)) for found in clients]
    return Ended(sessions=len(ended), grants=len(revoked), logged_in=tuple(logged_in))


def disable(account_id: str, audit_id: str, now: int) -> Steps[Ended | None]:
    changed = yield (
        SET_STATE,
        (account_id, AccountState.DISABLED, now, AccountState.ACTIVE),
    )
    if not changed:
        return None
    yield from _note(audit_id, now, AuditEvent.ACCOUNT_DISABLED, account_id)
    return (yield from end_all(account_id, now))


def enable(account_id: str, audit_id: str, now: int) -> Steps[bool]:
    changed = yield (
        SET_STATE,
        (account_id, AccountState.ACTIVE, now, AccountState.DISABLED),
    )
    if not changed:
        return False
    yield from _note(audit_id, now, AuditEvent.ACCOUNT_ENABLED, account_id)
    return True


def _note(audit_id: str, now: int, event: AuditEvent, account_id: str) -> Steps[None]:
    yield from note(AuditEntry(audit_id=audit_id, at=now, event=event, account_id=account_id))
