"""Verbs about a browser's session: found by its cookie, used again, ended."""

from bridge.oidc.account import Session
from bridge.oidc.consent import Permission
from bridge.store.audit_entry import AuditEntry
from bridge.store.auditing import note
from bridge.store.consents import remember_consent
from bridge.store.engine import Steps
from bridge.store.grants import add_issue
from bridge.store.rows import SESSION_COLUMNS, client_of, session_of
from bridge.store.values import LoggedIn, NewIssue, SessionLimits

LIVE_SESSION = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.cookie_hash = $1 AND sessions.ended_at IS NULL
        AND sessions.auth_time > $2 AND sessions.seen_at > $3
"""  # noqa: S608 - the columns are ours
USE_SESSION = """
    UPDATE sessions SET seen_at = $2 WHERE sid = $1 AND ended_at IS NULL RETURNING account_id
"""
GIVE_COOKIE = """
    UPDATE sessions SET cookie_hash = $2 WHERE sid = $1 AND ended_at IS NULL
"""
END_SESSION = """
    UPDATE sessions SET ended_at = $2 WHERE sid = $1 AND ended_at IS NULL
    RETURNING sid, browser_id
"""
END_BROWSER = """
    UPDATE sessions SET ended_at = $2 WHERE browser_id = $1 AND ended_at IS NULL RETURNING sid
"""
REVOKE_GRANTS = """
    UPDATE grants SET revoked_at = $2 WHERE sid = $1 AND revoked_at IS NULL
"""
LOGGED_IN = f"""
    SELECT clients.client_id, clients.registration, {SESSION_COLUMNS}
    FROM logged_in_clients JOIN clients USING (client_id) JOIN sessions USING (sid)
        JOIN accounts USING (account_id)
    WHERE logged_in_clients.sid = $1
"""  # noqa: S608 - the columns are ours
SHARED_BROWSER = """
    SELECT other.sid FROM sessions JOIN sessions AS other USING (browser_id)
    WHERE sessions.sid = $1 AND other.sid = $2
"""


def find_session(cookie_hash: str, limits: SessionLimits) -> Steps[Session | None]:
    rows = yield LIVE_SESSION, (cookie_hash, limits.begun_after, limits.seen_after)
    return session_of(rows[0]) if rows else None


def issue(
    sid: str, new: NewIssue, consented: Permission | None, entry: AuditEntry | None
) -> Steps[bool]:
    used = yield USE_SESSION, (sid, new.now)
    if not used:
        return False
    if consented is not None:
        account_id = used[0]["account_id"]
        yield from remember_consent(account_id, new.grant.client_id, consented, new.now)
    yield from add_issue(new)
    yield from note(entry)
    return True


def give_cookie(sid: str, cookie_hash: str) -> Steps[None]:
    yield GIVE_COOKIE, (sid, cookie_hash)


def is_same_browser(sid: str, other_sid: str) -> Steps[bool]:
    return sid == other_sid or bool((yield SHARED_BROWSER, (sid, other_sid)))


def end_session(sid: str, now: int, entry: AuditEntry | None) -> Steps[list[LoggedIn] | None]:
    """One browser, one person at a time: what was renewed or replaced there ends as well."""
    ended = yield END_SESSION, (sid, now)
    if not ended:
        return None
    yield from note(entry)
    others = yield END_BROWSER, (ended[0]["browser_id"], now)
    logged_in: list[LoggedIn] = []
    for row in (*ended, *others):
        yield REVOKE_GRANTS, (row["sid"], now)
        clients = yield LOGGED_IN, (row["sid"],)
        logged_in += [LoggedIn(client_of(found), session_of(found)) for found in clients]
    return logged_in
