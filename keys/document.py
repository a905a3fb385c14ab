"""Signing keys as text: a JWK Set (RFC 7517 §5) of private keys.

Each has the members ``kid``, ``alg``, ``use``, those of its type, and one of our own, which
RFC 7517 §4 permits: ``active_from``, in seconds.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from keys.algorithms import Jwk
from keys.lifecycle import SigningKey

_TYPES: Mapping[str, type[Jwk]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


def write_signing_keys(keys: Sequence[SigningKey]) -> bytes:
    entries = [
        {
            **key.jwk.as_dict(private=True),
            "kid": key.kid,
            "alg": key.alg,
            "use": "sig",
            "active_from": key.active_from,
        }
        for key in keys
    ]
    return json.dumps({"keys": entries}, indent=1).encode() + b"\n"


def read_signing_keys(text: bytes) -> tuple[SigningKey, ...]:
    """Return at least one key. Raises ``ValueError`` with one line that quotes nothing."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    entries = _members(document).get("keys")
    if not (isinstance(entries, list) and entries):
        raise ValueError('it has no member "keys" with at least one key')
    return tuple(
        _read_signing_key(f"key {number}", _members(entry))
        for number, entry in enumerate(cast("list[object]", entries), 1)
    )


def _members(value: Any) -> dict[str, Any]:
    """Return the members of an object; what is no object has none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _read_signing_key(name: str, members: Mapping[str, Any]) -> SigningKey:
    """Read one key; ``name`` is how the operator finds it."""
    key_type = _TYPES.get(str(members.get("kty")))
    if key_type is None:
        raise ValueError(f'{name} has no "kty" that is RSA, EC or OKP')
    # Only what the type defines (RFC 7518 §6): whatever else stands there must not be published.
    numbers = key_type.value_registry.keys() - {"oth"}
    missing = {*numbers, "kid", "alg", "active_from"} - members.keys()
    if missing:
        raise ValueError(f"{name} misses {', '.join(sorted(missing))}")
    active_from = members["active_from"]
    if type(active_from) is not int or active_from < 0:
        raise ValueError(f'{name} has an "active_from" that is no number of seconds')
    try:
        jwk = key_type.import_key({member: members[member] for member in ("kty", *numbers)})
        key = SigningKey(jwk, members["alg"], active_from)
    # "from None", because the libraries' texts may quote what they refuse. KeyError is what
    # joserfc 1.8 raises for an unknown curve.
    except (KeyError, TypeError, ValueError, JoseError):
        raise ValueError(f'{name} is no private key for its "alg"') from None
    if key.kid != members["kid"]:
        raise ValueError(f'{name} is not the key that its "kid" says')
    return key
