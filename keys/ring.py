"""Keys that sign, and the JWK Set that they publish (RFC 7515 §7.1, RFC 7517 §5)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from keys.algorithms import ALGORITHMS, meant
from keys.lifecycle import (
    KeyPolicy,
    KeyState,
    SigningKey,
    next_change,
    published,
    signing_key,
    state,
)

# No ID Token of ours is longer.
LONGEST_TOKEN = 16_384

# joserfc's family of errors, and what it lets through about malformed Base64 and JSON
_MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError)

# The key that a relying party needs now comes first; some try no other.
_ORDER = (KeyState.ACTIVE, KeyState.UPCOMING, KeyState.RETIRED)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys at one moment; it signs and publishes correctly until one is due to be made.

    ``named`` are the algorithms that may sign. Raises ``ValueError`` when two keys of one algorithm
    begin together.
    """

    keys: tuple[SigningKey, ...]
    policy: KeyPolicy
    named: tuple[str, ...] = ALGORITHMS
    # What ``sign`` takes as ``alg``, in the order of the JWK Set
    algorithms: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        if len({(key.alg, key.active_from) for key in self.keys}) < len(self.keys):
            raise ValueError("two keys of one algorithm begin at the same moment")
        held = {key.alg for key in self.keys}.intersection(self.named)
        in_order = tuple(alg for alg in ALGORITHMS if alg in held)
        object.__setattr__(self, "algorithms", in_order)

    def sign(
        self, claims: Mapping[str, Any], *, now: int, alg: str = "RS256", typ: str = "JWT"
    ) -> str:
        """Sign ``claims`` as a compact JWS with the active key of ``alg``.

        The header has ``alg``, ``kid`` and ``typ``. Raises ``LookupError`` if ``alg`` is none of
        ``algorithms``, ``TypeError`` if a claim is no JSON.
        """
        if alg not in self.algorithms:
            raise LookupError(f"there is no key for {alg}")
        key = signing_key(self.keys, alg, now)
        header = {"alg": alg, "kid": key.kid, "typ": typ}
        with meant(alg):
            return jwt.encode(header, dict(claims), key.jwk, algorithms=[alg])

    def read(self, token: str, *, typ: str = "JWT") -> dict[str, Any] | None:
        """Return the claims of a JWT that one of these keys signed, however old; None otherwise.

        The header only names the key: which algorithm is right, the key says. ``typ`` is what it
        was signed as, so that one kind is never taken for another (RFC 8725 §3.11).
        """
        if len(token) > LONGEST_TOKEN:
            return None
        for key in self.keys:
            with suppress(*_MALFORMED), meant(key.alg):
                read = jwt.decode(token, key.jwk, algorithms=[key.alg])
                if (read.header.get("kid"), read.header.get("typ")) == (key.kid, typ):
                    return read.claims
        return None

    def jwk_set(self, *, now: int) -> dict[str, Any]:
        """Return the JWK Set to publish: public halves, RS256 first, the active key before others.

        It stays the same until ``next_change``.
        """
        return {
            "keys": [
                {**key.jwk.as_dict(private=False), "kid": key.kid, "alg": key.alg, "use": "sig"}
                for key in sorted(
                    published(self.keys, now, self.policy),
                    key=lambda key: (
                        ALGORITHMS.index(key.alg),
                        _ORDER.index(state(key, self.keys, now, self.policy)),
                    ),
                )
            ]
        }

    def next_change(self, *, now: int) -> int | None:
        """Return until when the JWK Set of ``now`` is true, if it ever changes."""
        return next_change(self.keys, now, self.policy)
