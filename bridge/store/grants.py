"""Verbs about codes and what they give: grants and access tokens."""

from bridge.oidc.access_token import AccessGrant
from bridge.store.engine import Steps
from bridge.store.rows import SESSION_COLUMNS, code_of, session_of
from bridge.store.values import NewAccessToken, StoredCode

FIND_CODE = f"""
    SELECT codes.grant_id, codes.client_id, codes.request, codes.expires_at, codes.redeemed_at,
        {SESSION_COLUMNS}
    FROM codes JOIN sessions USING (sid) JOIN accounts USING (account_id)
    WHERE codes.code_hash = $1
"""  # noqa: S608 - the columns are ours
SPEND_CODE = """
    UPDATE codes SET redeemed_at = $2 WHERE code_hash = $1 AND redeemed_at IS NULL
    RETURNING grant_id
"""
ADD_GRANT = """
    INSERT INTO grants (grant_id, client_id, sid, scope, created_at) VALUES ($1, $2, $3, $4, $5)
"""
ADD_TOKEN = """
    INSERT INTO tokens (token_hash, grant_id, kind, expires_at) VALUES ($1, $2, 'access', $3)
"""
REVOKE_GRANT = "UPDATE grants SET revoked_at = $2 WHERE grant_id = $1 AND revoked_at IS NULL"
FIND_ACCESS_GRANT = f"""
    SELECT grants.client_id, grants.scope, {SESSION_COLUMNS}
    FROM tokens JOIN grants USING (grant_id) JOIN sessions USING (sid)
        JOIN accounts USING (account_id)
    WHERE tokens.token_hash = $1 AND tokens.kind = 'access' AND tokens.expires_at > $2
        AND grants.revoked_at IS NULL
"""  # noqa: S608 - the columns are ours

FORGET = (
    "DELETE FROM tokens WHERE expires_at <= $1",
    "DELETE FROM codes WHERE expires_at <= $1",
    """
    DELETE FROM grants WHERE created_at <= $1
        AND NOT EXISTS (SELECT 1 FROM tokens WHERE tokens.grant_id = grants.grant_id)
    """,
    """
    DELETE FROM sessions WHERE expires_at <= $1
        AND NOT EXISTS (SELECT 1 FROM grants WHERE grants.sid = sessions.sid)
        AND NOT EXISTS (SELECT 1 FROM codes WHERE codes.sid = sessions.sid)
    """,
)


def find_code(code_hash: str) -> Steps[StoredCode | None]:
    rows = yield FIND_CODE, (code_hash,)
    if not rows:
        return None
    row = rows[0]
    return StoredCode(code_of(row), session_of(row), row["redeemed_at"] is not None)


def spend_code(code_hash: str, stored: StoredCode, token: NewAccessToken) -> Steps[bool]:
    rows = yield SPEND_CODE, (code_hash, token.now)
    if not rows:
        return False
    code = stored.code
    scope = " ".join(code.scope)
    yield ADD_GRANT, (code.grant_id, code.client_id, code.sid, scope, token.now)
    yield ADD_TOKEN, (token.token_hash, code.grant_id, token.expires_at)
    return True


def revoke_grant(grant_id: str, now: int) -> Steps[None]:
    yield REVOKE_GRANT, (grant_id, now)


def find_access_grant(token_hash: str, now: int) -> Steps[AccessGrant | None]:
    rows = yield FIND_ACCESS_GRANT, (token_hash, now)
    if not rows:
        return None
    row = rows[0]
    return AccessGrant(row["client_id"], tuple(row["scope"].split(" ")), session_of(row))


def forget_expired(before: int) -> Steps[None]:
    for statement in FORGET:
        yield statement, (before,)
