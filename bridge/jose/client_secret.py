"""What a client signs with its secret: client_secret_jwt of OpenID Connect Core 1.0 §9."""

from collections.abc import Sequence

from joserfc.jwk import OctKey

from bridge.jose.compact import VerifiedJWT, read_jwt

# RFC 7518 §3.2
MACS = frozenset({"HS256", "HS384", "HS512"})


def verify_with_secret(
    token: str, client_secret: str, *, algorithms: Sequence[str]
) -> VerifiedJWT | None:
    """Return header and claims of a JWT with a MAC under the secret; None otherwise."""
    unverified = read_jwt(token, MACS.intersection(algorithms))
    if unverified is None:
        return None
    return unverified.verified(OctKey.import_key(client_secret.encode()))
