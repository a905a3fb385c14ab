"""What the suite checks in every module: keys, ID Tokens, claims."""

import math
import re
from base64 import urlsafe_b64encode
from collections import Counter
from hashlib import sha256
from typing import Any, cast

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.world import claims_of, header_of

MINUTE, YEAR = 60, 365 * 86_400

# What an ID Token may hold that no scope asked for
_PROTOCOL = "iss sub aud exp iat auth_time nonce acr amr azp at_hash c_hash nbf jti sid s_hash txn"
_PROFILE = (
    "name family_name given_name middle_name nickname preferred_username profile picture website"
    " gender birthdate zoneinfo locale updated_at"
)
PROTOCOL_CLAIMS = frozenset(_PROTOCOL.split())
PROFILE_CLAIMS = frozenset(_PROFILE.split())
CLAIMS_OF_SCOPE = {
    "profile": PROFILE_CLAIMS,
    "email": frozenset({"email", "email_verified"}),
    "address": frozenset({"address"}),
    "phone": frozenset({"phone_number", "phone_number_verified"}),
}
BOOLEANS = frozenset({"email_verified", "phone_number_verified"})
NUMBERS = frozenset({"updated_at", "exp", "iat", "auth_time"})
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def check_jwk_set(document: dict[str, Any]) -> KeySet:
    """Every key has a ``kid``, all distinct; no private half; no small key."""
    keys = document["keys"]
    kids = [key["kid"] for key in keys]
    assert kids
    assert all(kids)
    assert len(set(kids)) == len(kids)
    for key in keys:
        assert not PRIVATE & key.keys()
        if key["kty"] == "RSA":
            assert RSAKey.import_key(key).raw_value.key_size >= 2048
        if key["kty"] == "EC":
            assert ECKey.import_key(key).curve_name in {"P-256", "P-384", "P-521"}
    return KeySet.import_key_set(cast("Any", document))


def verified(token: str, keys: KeySet, algorithms: list[str]) -> dict[str, Any]:
    """Return the claims; the signature is by the published key that the header names."""
    kid = header_of(token)["kid"]
    (key,) = [key for key in keys.keys if key.kid == kid]
    return jwt.decode(token, key, algorithms=algorithms).claims


def unsigned(token: str) -> dict[str, Any]:
    """Return the claims of an ID Token that has no signature, where that was registered."""
    assert header_of(token)["alg"] == "none"
    assert token.endswith(".")
    return claims_of(token)


def check_id_token(
    claims: dict[str, Any], *, issuer: str, client_id: str, nonce: str | None, now: int
) -> None:
    """PerformStandardIdTokenChecks."""
    assert claims["iss"] == issuer
    assert claims["aud"] == client_id
    assert claims["exp"] > now
    assert claims["exp"] < now + 50 * YEAR
    assert abs(now - claims["iat"]) <= 5 * MINUTE
    assert claims.get("nonce") == nonce
    assert claims.get("acr", "x")
    assert 0 < len(claims["sub"]) <= 255
    check_forms(claims)


def check_not_requested(claims: dict[str, Any], scope: str) -> None:
    """EnsureIdTokenDoesNotContainNonRequestedClaims: what nobody asked for is not there."""
    asked = set(PROTOCOL_CLAIMS)
    for value in scope.split():
        asked |= CLAIMS_OF_SCOPE.get(value, frozenset())
    assert claims.keys() <= asked, claims.keys() - asked


def check_forms(claims: dict[str, Any]) -> None:
    """Each claim has the JSON type of the specification; no text is blank or says null."""
    for name, value in claims.items():
        if name in BOOLEANS:
            assert isinstance(value, bool), name
        elif name in NUMBERS:
            assert isinstance(value, int | float), name
        elif isinstance(value, str):
            assert value.strip(), name
            assert value.lower() != "null", name
        else:
            assert value is not None, name
    if "address" in claims:  # OpenID Connect Core 1.0 §5.1.1
        assert isinstance(claims["address"], dict)
        assert claims["address"]
        check_forms(cast("dict[str, Any]", claims["address"]))


def left_half(value: str) -> str:
    """``at_hash`` and ``c_hash`` for the algorithms with SHA-256."""
    return urlsafe_b64encode(sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


def check_is_hard_to_guess(secret: str) -> None:
    """128 bits long at least, and 96 bits of entropy as Shannon counts it."""
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", secret)
    assert len(secret) * 6 >= 128
    counts = Counter(secret)
    shares = [count / len(secret) for count in counts.values()]
    entropy = -sum(share * math.log2(share) for share in shares) * len(secret)
    assert entropy >= 96
