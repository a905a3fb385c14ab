"""A client's JWK Set: RFC 7517 §5. Whatever is wrong with a key, it is as if it were not there."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from bridge.oidc.signing import known_name

PublicKey = RSAKey | ECKey | OKPKey
Jwk = Mapping[str, Any]

# Nobody's set is longer who means well.
MOST_KEYS = 100

# RFC 7518 §3.3: 2048 bits or larger. Longer numbers than these cost us more than the client.
SHORTEST_MODULUS, LONGEST_MODULUS = 2_048, 8_192
LONGEST_EXPONENT = 32

_TYPES: Mapping[str, tuple[type[PublicKey], tuple[str, ...]]] = {
    "RSA": (RSAKey, ("n", "e")),
    "EC": (ECKey, ("crv", "x", "y")),
    "OKP": (OKPKey, ("crv", "x")),
}


@dataclass(frozen=True, slots=True)
class _Use:
    """What a key must be for an algorithm: its kind, and what it may say that it is for."""

    use: str
    operations: frozenset[str]
    # By type, the curves; an RSA key has none
    curves: Mapping[str, frozenset[str | None]]


def _verifies(key_type: str, *curves: str) -> _Use:
    return _Use("sig", frozenset({"verify"}), {key_type: frozenset(curves or {None})})


_RSA_ENCRYPTION = _Use("enc", frozenset({"encrypt", "wrapKey"}), {"RSA": frozenset({None})})
_AGREEMENT = _Use(
    "enc",
    frozenset({"deriveKey", "deriveBits"}),
    {"EC": frozenset({"P-256", "P-384", "P-521"}), "OKP": frozenset({"X25519"})},
)

# RFC 7518 §3.1, §4.1; RFC 8037 §3. A key set of a client holds nothing symmetric: whoever can read
# it could sign.
_USES: Mapping[str, _Use] = {
    "RS256": _verifies("RSA"),
    "PS256": _verifies("RSA"),
    "ES256": _verifies("EC", "P-256"),
    "EdDSA": _verifies("OKP", "Ed25519"),
    "RSA-OAEP-256": _RSA_ENCRYPTION,
    "ECDH-ES": _AGREEMENT,
    "ECDH-ES+A128KW": _AGREEMENT,
    "ECDH-ES+A256KW": _AGREEMENT,
}


def parse_jwk_set(text: bytes) -> Mapping[str, Any]:
    """Return the set as it was fetched; what is none is empty."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def fitting(jwk_set: Mapping[str, Any], *, alg: str, kid: str | None = None) -> list[Jwk]:
    """Return the keys that say nothing against being used with ``alg``, under this name.

    A key without a name goes by any, and without ``kid`` every key may be meant (RFC 7515 §4.1.4).
    """
    use = _USES.get(alg)
    if use is None:
        return []
    return [
        jwk
        for jwk in _entries(jwk_set)
        if _fits(jwk, alg, use) and (kid is None or jwk.get("kid", kid) == kid)
    ]


def read_key(jwk: Jwk) -> PublicKey | None:
    """Return the public key, with its ``kid``; None if it is none, or too weak."""
    key_type, members = _TYPES[jwk["kty"]]
    kid = jwk.get("kid")
    try:
        if key_type is RSAKey:
            _check_numbers(jwk)
        return key_type.import_key(
            {name: jwk[name] for name in ("kty", *members)},
            {"kid": kid} if isinstance(kid, str) else None,
        )
    # KeyError is what joserfc 1.8 raises for an unknown curve too.
    except (KeyError, TypeError, ValueError, AttributeError, JoseError):
        return None


def _entries(jwk_set: Mapping[str, Any]) -> Iterator[Jwk]:
    keys = jwk_set.get("keys")
    if isinstance(keys, list | tuple):
        for entry in cast("list[object]", keys)[:MOST_KEYS]:
            if isinstance(entry, dict):
                yield cast("dict[str, Any]", entry)


def _fits(jwk: Jwk, alg: str, use: _Use) -> bool:
    key_type, curve = jwk.get("kty"), jwk.get("crv")
    if not isinstance(key_type, str) or not isinstance(curve, str | None):
        return False
    if curve not in use.curves.get(key_type, ()):
        return False
    operations = jwk.get("key_ops")
    return (
        jwk.get("use", use.use) == use.use
        and known_name(jwk.get("alg", alg)) == alg
        and (operations is None or _named(operations, use.operations))
    )


def _named(operations: object, wanted: frozenset[str]) -> bool:
    """RFC 7517 §4.3: a list of texts, of which one is wanted."""
    return isinstance(operations, list) and any(
        operation in wanted
        for operation in cast("list[object]", operations)
        if isinstance(operation, str)
    )


def _check_numbers(jwk: Jwk) -> None:
    modulus, exponent = (_bits(jwk[name]) for name in ("n", "e"))
    if not SHORTEST_MODULUS <= modulus <= LONGEST_MODULUS or exponent > LONGEST_EXPONENT:
        raise ValueError("an RSA key that is too short, or too long")


def _bits(number: str) -> int:
    decoded = urlsafe_b64decode(number + "=" * (-len(number) % 4))
    return int.from_bytes(decoded, "big").bit_length()
