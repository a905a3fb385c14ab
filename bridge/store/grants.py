"""Verbs about codes and what they give: grants and access tokens."""

from dataclasses import replace

from bridge.oidc.access_token import AccessGrant
from bridge.store.audit_entry import AuditEntry
from bridge.store.auditing import note
from bridge.store.engine import Insertion, Steps
from bridge.store.pushed_requests import check_answerable
from bridge.store.rows import (
    GRANT_COLUMNS,
    SESSION_COLUMNS,
    claims_json,
    code_of,
    grant_of,
    known_client_of,
    request_json,
    session_of,
)
from bridge.store.values import NewAccessToken, NewIssue, NewRefreshToken, StoredCode

FIND_CODE = f"""
    SELECT codes.request, codes.expires_at, codes.redeemed_at, {GRANT_COLUMNS}, {SESSION_COLUMNS},
        clients.registration
    FROM codes JOIN grants USING (grant_id) JOIN sessions ON sessions.sid = grants.sid
        JOIN accounts USING (account_id)
        LEFT JOIN clients ON clients.client_id = grants.client_id
    WHERE codes.code_hash = $1
"""  # noqa: S608 - the columns are ours
SPEND_CODE = """
    UPDATE codes SET redeemed_at = $2 WHERE code_hash = $1 AND redeemed_at IS NULL
        AND EXISTS (
            SELECT 1 FROM grants WHERE grants.grant_id = codes.grant_id AND revoked_at IS NULL
        )
    RETURNING grant_id
"""
ADD_GRANT = """
    INSERT INTO grants (grant_id, client_id, sid, scope, created_at, claims, resources)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
ADD_CODE = """
    INSERT INTO codes (code_hash, grant_id, client_id, sid, request, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
ADD_ACCESS_TOKEN = """
    INSERT INTO tokens (token_hash, grant_id, kind, issued_at, expires_at, scope, resources)
    VALUES ($1, $2, 'access', $3, $4, $5, $6)
"""
ADD_REFRESH_TOKEN = """
    INSERT INTO tokens (token_hash, grant_id, kind, issued_at, expires_at, ends_at)
    VALUES ($1, $2, 'refresh', $3, $4, $5)
"""
REVOKE_GRANT = """
    UPDATE grants SET revoked_at = $2 WHERE grant_id = $1 AND revoked_at IS NULL
    RETURNING grant_id
"""
LOG_IN = """
    INSERT INTO logged_in_clients (sid, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
FIND_ACCESS_GRANT = f"""
    SELECT tokens.expires_at, tokens.scope AS token_scope, tokens.resources AS token_resources,
        {GRANT_COLUMNS}, {SESSION_COLUMNS}, clients.registration
    FROM tokens JOIN grants USING (grant_id) JOIN sessions USING (sid)
        JOIN accounts USING (account_id)
        LEFT JOIN clients ON clients.client_id = grants.client_id
    WHERE tokens.token_hash = $1 AND tokens.kind = 'access' AND tokens.expires_at > $2
        AND grants.revoked_at IS NULL
"""  # noqa: S608 - the columns are ours

REVOKE_ACCESS_TOKEN = """
    DELETE FROM tokens WHERE token_hash = $1 AND kind = 'access'
        AND grant_id IN (SELECT grant_id FROM grants WHERE client_id = $2)
"""
# RFC 7009 §2.1: with a refresh token goes all that its grant gave.
REVOKE_REFRESH_TOKEN = """
    UPDATE grants SET revoked_at = $3 WHERE client_id = $2 AND revoked_at IS NULL
        AND grant_id IN (SELECT grant_id FROM tokens WHERE token_hash = $1 AND kind = 'refresh')
"""


def find_code(code_hash: str) -> Steps[StoredCode | None]:
    rows = yield FIND_CODE, (code_hash,)
    if not rows:
        return None
    row = rows[0]
    is_redeemed = row["redeemed_at"] is not None
    return StoredCode(code_of(row), session_of(row), is_redeemed, known_client_of(row))


def add_issue(new: NewIssue) -> Steps[None]:
    """Store what answers a request; raise AlreadyAnswered."""
    yield from check_answerable(new.visit)
    grant, code = new.grant, new.code
    yield Insertion(
        ADD_GRANT,
        (
            *(grant.grant_id, grant.client_id, grant.sid, " ".join(grant.scope), new.now),
            *(claims_json(grant), " ".join(grant.resources)),
        ),
    )
    yield Insertion(LOG_IN, (grant.sid, grant.client_id))
    if code is not None:
        yield Insertion(
            ADD_CODE,
            (
                *(new.code_hash, grant.grant_id, grant.client_id, grant.sid),
                *(request_json(code), code.expires_at),
            ),
        )
    if new.access_token is not None:
        yield from add_access_token(grant.grant_id, new.access_token)
    if new.refresh_token is not None:
        yield from add_refresh_token(grant.grant_id, new.refresh_token)


def add_access_token(grant_id: str, new: NewAccessToken) -> Steps[None]:
    scope = None if new.scope is None else " ".join(new.scope)
    resources = None if new.resources is None else " ".join(new.resources)
    yield Insertion(
        ADD_ACCESS_TOKEN,
        (new.token_hash, grant_id, new.now, new.expires_at, scope, resources),
    )


def add_refresh_token(grant_id: str, new: NewRefreshToken) -> Steps[None]:
    yield Insertion(
        ADD_REFRESH_TOKEN,
        (new.token_hash, grant_id, new.now, new.expires_at, new.ends_at),
    )


def spend_code(
    code_hash: str,
    stored: StoredCode,
    access_token: NewAccessToken,
    refresh_token: NewRefreshToken | None,
) -> Steps[bool]:
    if not (yield SPEND_CODE, (code_hash, access_token.now)):
        return False
    grant_id = stored.code.grant.grant_id
    yield from add_access_token(grant_id, access_token)
    if refresh_token is not None:
        yield from add_refresh_token(grant_id, refresh_token)
    return True


def revoke_grant(grant_id: str, now: int, entry: AuditEntry | None) -> Steps[None]:
    yield REVOKE_GRANT, (grant_id, now)
    yield from note(entry)


def revoke_token(token_hash: str, client_id: str, now: int) -> Steps[None]:
    yield REVOKE_ACCESS_TOKEN, (token_hash, client_id)
    yield REVOKE_REFRESH_TOKEN, (token_hash, client_id, now)


def find_access_grant(token_hash: str, now: int) -> Steps[AccessGrant | None]:
    rows = yield FIND_ACCESS_GRANT, (token_hash, now)
    if not rows:
        return None
    row = rows[0]
    grant = grant_of(row)
    scope, resources = grant.scope, grant.resources
    if row["token_scope"] is not None:
        scope = tuple(row["token_scope"].split(" "))
    if row["token_resources"] is not None:
        resources = tuple(row["token_resources"].split())
    if (scope, resources) != (grant.scope, grant.resources):
        grant = replace(grant, scope=scope, resources=resources)
    return AccessGrant(grant, session_of(row), row["expires_at"], known_client_of(row))
