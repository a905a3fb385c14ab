"""Verbs about a browser's session: found by its cookie, used again, ended."""

from bridge.oidc.account import Session
from bridge.store.engine import Steps
from bridge.store.grants import add_issue
from bridge.store.rows import SESSION_COLUMNS, session_of
from bridge.store.values import NewIssue, SessionLimits

LIVE_SESSION = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.cookie_hash = $1 AND sessions.ended_at IS NULL
        AND sessions.auth_time > $2 AND sessions.seen_at > $3
"""  # noqa: S608 - the columns are ours
USE_SESSION = """
    UPDATE sessions SET seen_at = $2 WHERE sid = $1 AND ended_at IS NULL RETURNING sid
"""
GIVE_COOKIE = """
    UPDATE sessions SET cookie_hash = $2 WHERE sid = $1 AND ended_at IS NULL
"""
END_SESSION = """
    UPDATE sessions SET ended_at = $2 WHERE sid = $1 AND ended_at IS NULL RETURNING sid
"""
REVOKE_GRANTS = """
    UPDATE grants SET revoked_at = $2 WHERE sid = $1 AND revoked_at IS NULL
"""


def find_session(cookie_hash: str, limits: SessionLimits) -> Steps[Session | None]:
    rows = yield LIVE_SESSION, (cookie_hash, limits.begun_after, limits.seen_after)
    return session_of(rows[0]) if rows else None


def issue(sid: str, new: NewIssue) -> Steps[bool]:
    if not (yield USE_SESSION, (sid, new.now)):
        return False
    yield from add_issue(new)
    return True


def give_cookie(sid: str, cookie_hash: str) -> Steps[None]:
    yield GIVE_COOKIE, (sid, cookie_hash)


def end_session(sid: str, now: int) -> Steps[bool]:
    ended = yield END_SESSION, (sid, now)
    yield REVOKE_GRANTS, (sid, now)
    return bool(ended)
