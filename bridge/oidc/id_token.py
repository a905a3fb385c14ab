"""The ID Token's claims: OpenID Connect Core 1.0 §2 and §3.1.3.6."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from bridge.oidc.account import Session
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.claims import Claims, ClaimSource, scope_claims
from bridge.oidc.client import Client


@dataclass(frozen=True, slots=True)
class Validity:
    """Who says it, when, and for how long. Seconds."""

    issuer: str
    now: int
    lifetime: int


def id_token_claims(
    code: AuthorizationCode,
    session: Session,
    client: Client,
    source: ClaimSource,
    *,
    access_token: str,
    validity: Validity,
) -> Claims:
    """``aud`` is one text and there is no ``azp``: consumers refuse what they do not expect."""
    claims: Claims = {
        "iss": validity.issuer,
        "sub": session.account.subject,
        "aud": client.client_id,
        "exp": validity.now + validity.lifetime,
        "iat": validity.now,
        "auth_time": session.auth_time,
        "sid": session.sid,
        "amr": list(session.amr),
        "at_hash": left_half_hash(access_token),
    }
    if code.nonce is not None:
        claims["nonce"] = code.nonce
    if client.claims_in_id_token == "scope":
        claims |= scope_claims(code.scope, session, client, source)
    return claims


def left_half_hash(value: str) -> str:
    """``at_hash``: the left half of SHA-256, the hash of both RS256 and ES256 (§3.1.3.6)."""
    digest = sha256(value.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
