"""Access tokens, and the Access Token Response: RFC 6749 §5.1.

Tokens and codes are opaque texts of 256 random bits; only their hash is stored.
"""

from dataclasses import dataclass
from hashlib import sha256

from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """What the bearer of an access token may do, and whom it is about."""

    grant: Grant
    session: Session
    # Seconds
    expires_at: int
    # Whose it is; None where the client has just been removed
    client: Client | None = None


def token_hash(token: str) -> str:
    """SHA-256 in hexadecimal: the form in which codes and tokens are stored and found."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def token_response(
    access_token: str,
    *,
    lifetime: int,
    scope: tuple[str, ...],
    id_token: str | None,
    refresh_token: str | None = None,
) -> dict[str, str | int]:
    """RFC 6749 §5.1, and OpenID Connect Core 1.0 §3.1.3.3 where openid was granted."""
    response: dict[str, str | int] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": " ".join(scope),
    }
    if id_token is not None:
        response["id_token"] = id_token
    if refresh_token is not None:
        response["refresh_token"] = refresh_token
    return response
