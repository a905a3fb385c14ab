"""Verbs about what a client has signed and may use once: RFC 7523 §3, item 7."""

from bridge.store.engine import Steps

USE_JTI = """
    INSERT INTO used_jtis (client_id, jti_hash, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (client_id, jti_hash) DO NOTHING RETURNING client_id
"""


def use_jti(client_id: str, jti_hash: str, expires_at: int) -> Steps[bool]:
    return bool((yield USE_JTI, (client_id, jti_hash, expires_at)))
