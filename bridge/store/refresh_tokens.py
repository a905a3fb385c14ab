"""Verbs about refresh tokens: found, used, rotated, and what is done where one is used again."""

from bridge.oidc.refresh_token import RefreshToken, Rotated
from bridge.store.audit_entry import AuditEntry, Visitor
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.engine import Row, Steps
from bridge.store.grants import REVOKE_GRANT, add_access_token, add_refresh_token
from bridge.store.rows import (
    GRANT_COLUMNS,
    SESSION_COLUMNS,
    grant_of,
    known_client_of,
    session_of,
)
from bridge.store.values import NewAccessToken, Rotation

FIND_REFRESH_TOKEN = f"""
    SELECT tokens.issued_at, tokens.expires_at, tokens.ends_at, tokens.rotated_at,
        tokens.successor, {GRANT_COLUMNS}, {SESSION_COLUMNS}, clients.registration
    FROM tokens JOIN grants USING (grant_id) JOIN sessions ON sessions.sid = grants.sid
        JOIN accounts USING (account_id)
        LEFT JOIN clients ON clients.client_id = grants.client_id
    WHERE tokens.token_hash = $1 AND tokens.kind = 'refresh'
        AND grants.revoked_at IS NULL AND sessions.ended_at IS NULL
"""  # noqa: S608 - the columns are ours

IF_GRANTED = """
    AND EXISTS (
        SELECT 1 FROM grants JOIN sessions USING (sid)
        WHERE grants.grant_id = tokens.grant_id AND revoked_at IS NULL AND ended_at IS NULL
    )
"""
USE = f"""
    UPDATE tokens SET expires_at = $2
    WHERE token_hash = $1 AND kind = 'refresh' AND COALESCE(rotated_at, 0) = $3 {IF_GRANTED}
    RETURNING grant_id
"""  # noqa: S608 - the condition is ours
# It is remembered as long as a successor may live, so that another use is known for what it is.
ROTATE = f"""
    UPDATE tokens SET rotated_at = $2, successor = $3, expires_at = ends_at
    WHERE token_hash = $1 AND kind = 'refresh' AND rotated_at IS NULL {IF_GRANTED}
    RETURNING grant_id
"""  # noqa: S608 - the condition is ours


def find_refresh_token(token_hash: str) -> Steps[RefreshToken | None]:
    rows = yield FIND_REFRESH_TOKEN, (token_hash,)
    return _token_of(rows[0]) if rows else None


def _token_of(row: Row) -> RefreshToken:
    rotated_at: int | None = row["rotated_at"]
    return RefreshToken(
        grant=grant_of(row),
        session=session_of(row),
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        ends_at=row["ends_at"],
        rotated=None if rotated_at is None else Rotated(rotated_at, row["successor"]),
        client=known_client_of(row),
    )


def use(
    token_hash: str, seen: RefreshToken, expires_at: int, access_token: NewAccessToken
) -> Steps[bool]:
    rotated_at = seen.rotated.at if seen.rotated else 0
    if not (yield USE, (token_hash, expires_at, rotated_at)):
        return False
    yield from add_access_token(seen.grant.grant_id, access_token)
    return True


def rotate(token_hash: str, rotation: Rotation, access_token: NewAccessToken) -> Steps[bool]:
    rows = yield ROTATE, (token_hash, rotation.successor.now, rotation.sealed)
    if not rows:
        return False
    grant_id = rows[0]["grant_id"]
    yield from add_refresh_token(grant_id, rotation.successor)
    yield from add_access_token(grant_id, access_token)
    return True


def revoke_reused(token: RefreshToken, audit_id: str, now: int, visitor: Visitor) -> Steps[bool]:
    grant, account = token.grant, token.session.account
    if not (yield REVOKE_GRANT, (grant.grant_id, now)):
        return False
    entry = AuditEntry(
        audit_id=audit_id,
        at=now,
        event=AuditEvent.REFRESH_TOKEN_REUSED,
        account_id=account.account_id,
        client_id=grant.client_id,
        visitor=visitor,
    )
    yield from note(entry)
    return True
