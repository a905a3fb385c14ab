"""Verbs about consent: what a person has said yes to, client by client."""

import json

from bridge.oidc.consent import Permission
from bridge.store.engine import Steps

FIND_CONSENT = "SELECT scope, claims FROM consents WHERE account_id = $1 AND client_id = $2"
REMEMBER = """
    INSERT INTO consents (account_id, client_id, scope, claims, at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (account_id, client_id)
        DO UPDATE SET scope = excluded.scope, claims = excluded.claims, at = excluded.at
"""
FORGET_CLIENT = "DELETE FROM consents WHERE client_id = $1"


def find_consent(account_id: str, client_id: str) -> Steps[Permission | None]:
    rows = yield FIND_CONSENT, (account_id, client_id)
    if not rows:
        return None
    return Permission(tuple(rows[0]["scope"].split(" ")), tuple(json.loads(rows[0]["claims"])))


def remember_consent(
    account_id: str, client_id: str, permission: Permission, now: int
) -> Steps[None]:
    """Add to what the person said yes to before: who asks for less has not given it back."""
    before = yield from find_consent(account_id, client_id)
    kept = before.together_with(permission) if before else permission
    yield (
        REMEMBER,
        (account_id, client_id, " ".join(kept.scope), json.dumps(kept.claims), now),
    )


def forget_consents(client_id: str) -> Steps[None]:
    yield FORGET_CLIENT, (client_id,)
