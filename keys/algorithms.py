"""The algorithms that sign (RFC 7518 §3.1), and how a key for each is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc.jwk import ECKey, RSAKey

Jwk = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class _Algorithm:
    generate: Callable[[], Jwk]
    suits: Callable[[Jwk], bool]


# A new algorithm is one row. The order is the order of the JWK Set.
_ALGORITHMS: Mapping[str, _Algorithm] = {
    # RFC 7518 §3.3: a key of 2048 bits or larger
    "RS256": _Algorithm(
        generate=lambda: RSAKey.generate_key(2048),
        suits=lambda jwk: isinstance(jwk, RSAKey) and jwk.raw_value.key_size >= 2048,  # noqa: PLR2004
    ),
    # RFC 7518 §3.4: P-256
    "ES256": _Algorithm(
        generate=lambda: ECKey.generate_key("P-256"),
        suits=lambda jwk: isinstance(jwk, ECKey) and jwk.curve_name == "P-256",
    ),
}

ALGORITHMS = tuple(_ALGORITHMS)


def generate_key(alg: str) -> Jwk:
    """Make a new private key for ``alg``, one of ``ALGORITHMS``."""
    return _ALGORITHMS[alg].generate()


def check_key(jwk: Jwk, alg: str) -> None:
    """Raise ``ValueError`` unless ``jwk`` is a private key that ``alg`` can sign with."""
    if alg not in _ALGORITHMS:
        raise ValueError(f"signing keys are for {', '.join(ALGORITHMS)}")
    if not (jwk.is_private and _ALGORITHMS[alg].suits(jwk)):
        raise ValueError(f"the key is no private key that {alg} can sign with")
