"""The Logout Token: OpenID Connect Back-Channel Logout 1.0 §2.4."""

from bridge.oidc.client import Client
from bridge.oidc.id_token import Validity

# Seconds. §4: short, since nobody needs it later.
LIFETIME = 120

EVENT = "http://schemas.openid.net/event/backchannel-logout"

# §2.4: the header's ``typ``, so that it is never taken for an ID Token
TYPE = "logout+jwt"

LogoutClaims = dict[str, str | int | dict[str, dict[str, str]]]


def logout_token_claims(
    client: Client, *, subject: str, sid: str, jti: str, validity: Validity
) -> LogoutClaims:
    """``sub`` and ``sid`` are those of the ID Token. There is never a ``nonce``."""
    return {
        "iss": validity.issuer,
        "sub": subject,
        "aud": client.client_id,
        "iat": validity.now,
        "exp": validity.now + validity.lifetime,
        "jti": jti,
        "events": {EVENT: {}},
        "sid": sid,
    }


def logout_token_alg(client: Client) -> str:
    """§2.4 and §2.6: the algorithm of the ID Token, but ``none`` proves nothing."""
    alg = client.id_token_signed_response_alg
    return "RS256" if alg == "none" else alg


def is_told(status: int) -> bool:
    """§2.8: 200, but some frameworks answer 204."""
    return 200 <= status < 300  # noqa: PLR2004


def is_worth_another_try(status: int) -> bool:
    """§2.8: 400 means that the token was refused, or the logout failed; a 5xx may pass."""
    return status >= 500  # noqa: PLR2004
