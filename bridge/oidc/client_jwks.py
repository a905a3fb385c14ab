"""The public keys of a client: a JWK Set, by value (RFC 7517 §5, RFC 7591 §2).

Only what describes a public key is kept. A key of a kind that nobody here knows is passed over, as
§5 has it; one that is secret was sent by mistake, and is refused.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, cast

MOST_KEYS = 20

# RFC 7518 §6.2.2, §6.3.2, §6.4.1
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

# RFC 7517 §4: what may be said of any key
ABOUT = ("kid", "use", "alg")

# RFC 7518 §3.3, §3.5: at least 2048 bits; what is too long costs whoever verifies with it
RSA_BITS = range(2_048, 8_193)
RSA_EXPONENTS = range(3, 2**32, 2)

# RFC 7518 §6.2.1, RFC 8037 §2: the octets of a coordinate
CURVES = {
    "EC": {"P-256": 32, "P-384": 48, "P-521": 66},
    "OKP": {"Ed25519": 32, "X25519": 32},
}

BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class UnfitJWKSet(ValueError):
    """It cannot be registered; the message is the end of a sentence, in one line of ASCII."""


def read_jwks(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a JWK Set; raise UnfitJWKSet."""
    keys = document.get("keys")
    if not isinstance(keys, list) or not keys:
        raise UnfitJWKSet("must have a list of keys")
    values = cast("list[object]", keys)
    if len(values) > MOST_KEYS:
        raise UnfitJWKSet(f"has more than {MOST_KEYS} keys")
    read = [kept for value in values if (kept := _read_jwk(value)) is not None]
    if not read:
        raise UnfitJWKSet("has no key of the type RSA, EC or OKP, on a curve that is known")
    return {"keys": read}


def _read_jwk(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        raise UnfitJWKSet("has a key that is no JSON object")
    jwk = cast("dict[str, Any]", value)
    if jwk.get("kty") == "oct" or PRIVATE & jwk.keys():
        raise UnfitJWKSet("has a secret key: register public keys, and change this one")
    material = _read_rsa(jwk) if jwk.get("kty") == "RSA" else _read_curve(jwk)
    if material is None:
        return None
    about = {name: _text(jwk, name) for name in ABOUT if jwk.get(name) is not None}
    return {"kty": jwk["kty"], **material, **about, **_read_operations(jwk)}


def _read_operations(jwk: Mapping[str, Any]) -> dict[str, list[str]]:
    """RFC 7517 §4.3: what the key is for; without it, it would be for everything."""
    operations = jwk.get("key_ops")
    if operations is None:
        return {}
    values = cast("list[object]", operations) if isinstance(operations, list) else [None]
    texts = [value for value in values if isinstance(value, str) and value.isprintable()]
    if texts != values:
        raise UnfitJWKSet("has a key whose key_ops is no list of texts")
    return {"key_ops": texts}


def _read_rsa(jwk: Mapping[str, Any]) -> dict[str, str]:
    material = {name: _text(jwk, name) for name in ("n", "e")}
    if _number(material["n"]).bit_length() not in RSA_BITS:
        raise UnfitJWKSet("has an RSA key whose n has not from 2048 to 8192 bits")
    if _number(material["e"]) not in RSA_EXPONENTS:
        raise UnfitJWKSet("has an RSA key whose e is no public exponent")
    return material


def _read_curve(jwk: Mapping[str, Any]) -> dict[str, str] | None:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kty, str) or not isinstance(crv, str):
        return None
    octets = CURVES.get(kty, {}).get(crv)
    if octets is None:
        return None
    coordinates = {name: _text(jwk, name) for name in (("x", "y") if kty == "EC" else ("x",))}
    if any(len(_octets(coordinate)) != octets for coordinate in coordinates.values()):
        raise UnfitJWKSet(f"has a key on {crv} with a coordinate of another length")
    return {"crv": crv, **coordinates}


def _text(jwk: Mapping[str, Any], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str) or not value.isprintable():
        raise UnfitJWKSet(f"has a key whose {name} is no text")
    return value


def _number(text: str) -> int:
    return int.from_bytes(_octets(text))


def _octets(text: str) -> bytes:
    """RFC 7515 §2: base64url without padding."""
    if not BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise UnfitJWKSet("has a key that is not written in base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
