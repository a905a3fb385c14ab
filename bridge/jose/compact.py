"""A JWS in its compact form: RFC 7515 §3.1, §5.2.

joserfc's algorithms verify; the text is taken apart here, because its parser has headers of its own
opinion (at most 512 bytes, no unknown member) and lets errors of JSON and Base64 through.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from bridge.oidc.signing import known_name

# A request object fits, and nobody needs more.
LONGEST_TOKEN = 65_536

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class VerifiedJWT:
    """What somebody has signed whose key we know."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnverifiedJWT:
    """What arrived, taken apart. ``alg`` is one that the caller allows."""

    alg: str
    kid: str | None
    _header: Mapping[str, Any]
    _signing_input: bytes
    _payload: bytes
    _signature: bytes

    def verified(self, key: Key) -> VerifiedJWT | None:
        """Return header and claims if ``key``, which fits ``alg``, has signed them."""
        algorithm = JWSRegistry.algorithms[self.alg]
        try:
            good = algorithm.verify(self._signing_input, self._signature, key)
        # AttributeError is what joserfc 1.8 raises for a key of another type.
        except (JoseError, ValueError, TypeError, AttributeError):
            return None
        claims = _read_object(self._payload) if good else None
        return None if claims is None else VerifiedJWT(self._header, claims)


def read_jwt(token: str, algorithms: Collection[str]) -> UnverifiedJWT | None:
    """Take a signed JWT apart; None if it is none, or its ``alg`` is none of ``algorithms``."""
    parts = token.split(".") if len(token) <= LONGEST_TOKEN else []
    if len(parts) != 3 or not all(_BASE64URL.fullmatch(part) for part in parts):  # noqa: PLR2004
        return None
    try:
        encoded, payload, signature = map(_decode, parts)
    except ValueError:
        return None
    header = _read_object(encoded)
    # RFC 7515 §4.1.11: what is critical must be understood, and we understand no extension.
    if header is None or "crit" in header:
        return None
    alg, kid = known_name(header.get("alg")), header.get("kid")
    if not isinstance(alg, str) or alg not in algorithms or not isinstance(kid, str | None):
        return None
    signing_input = token.rpartition(".")[0].encode()
    return UnverifiedJWT(alg, kid, header, signing_input, payload, signature)


def _decode(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _read_object(text: bytes) -> dict[str, Any] | None:
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    """NaN and Infinity, which are no JSON."""
    raise ValueError(constant)
