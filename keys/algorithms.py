"""The algorithms that sign (RFC 7518 §3.1, RFC 8037 §3.1), and how a key for each is made."""

import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

Jwk = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class _Algorithm:
    generate: Callable[[], Jwk]
    suits: Callable[[Jwk], bool]


def _generate_rsa() -> Jwk:
    return RSAKey.generate_key(2048)


def _is_rsa(jwk: Jwk) -> bool:
    """RFC 7518 §3.3, §3.5: a key of 2048 bits or larger."""
    return isinstance(jwk, RSAKey) and jwk.raw_value.key_size >= 2048  # noqa: PLR2004


def _is_ed25519(jwk: Jwk) -> bool:
    """Also whether the public half belongs to the private one, which joserfc leaves to us."""
    if not (isinstance(jwk, OKPKey) and jwk.curve_name == "Ed25519"):
        return False
    return OKPKey.import_key(jwk.raw_value).thumbprint() == jwk.thumbprint()


# A new algorithm is one row. The order is the order of the JWK Set. A JWK has one "alg"
# (RFC 7517 §4.4), so RS256 and PS256 have keys of their own.
_ALGORITHMS: Mapping[str, _Algorithm] = {
    "RS256": _Algorithm(generate=_generate_rsa, suits=_is_rsa),
    # RFC 7518 §3.4: P-256
    "ES256": _Algorithm(
        generate=lambda: ECKey.generate_key("P-256"),
        suits=lambda jwk: isinstance(jwk, ECKey) and jwk.curve_name == "P-256",
    ),
    "PS256": _Algorithm(generate=_generate_rsa, suits=_is_rsa),
    # With Ed25519 only. RFC 9864 calls that Ed25519, too; relying parties know this name.
    "EdDSA": _Algorithm(generate=lambda: OKPKey.generate_key("Ed25519"), suits=_is_ed25519),
}

ALGORITHMS = tuple(_ALGORITHMS)

# What every relying party understands. An OKP key in the JWK Set surprises some.
DEFAULT_ALGORITHMS = ("RS256", "ES256")


def generate_key(alg: str) -> Jwk:
    """Make a new private key for ``alg``, one of ``ALGORITHMS``."""
    return _ALGORITHMS[alg].generate()


def check_key(jwk: Jwk, alg: str) -> None:
    """Raise ``ValueError`` unless ``jwk`` is a private key that ``alg`` can sign with."""
    if alg not in _ALGORITHMS:
        raise ValueError(f"signing keys are for {', '.join(ALGORITHMS)}")
    if not (jwk.is_private and _ALGORITHMS[alg].suits(jwk)):
        raise ValueError(f"the key is no private key that {alg} can sign with")


@contextmanager
def meant(alg: str) -> Generator[None]:
    """Use ``alg`` without joserfc's warning that RFC 9864 has a new name for EdDSA."""
    if alg != "EdDSA":
        yield
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
        yield
