"""Settings that are lists, each kind a type that checks itself, as in ``values``."""

import re
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretBytes

from bridge.config.origins import check_domain
from bridge.config.values import MAKE_A_SECRET
from bridge.oidc.access import read_access
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.oidc.signing import SIGNING_ALGORITHMS
from bridge.oidc.userinfo import B64TOKEN

_SHORTEST_SECRET = 32

# The name of a file, and what is in it where that is not the name
DOMAIN_PROOF = re.compile(r"(?P<name>[A-Za-z0-9]{8,64})(?:=(?P<content>[A-Za-z0-9_.-]{1,200}))?")


def _are_secrets(secrets: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    if not secrets:
        raise ValueError(f"must hold at least one; make one with {MAKE_A_SECRET}")
    return _are_hard_to_guess(secrets)


def _are_hard_to_guess(secrets: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    for number, secret in enumerate(secrets, 1):
        value = secret.get_secret_value()
        if len(value) < _SHORTEST_SECRET:
            fault = f"is shorter than {_SHORTEST_SECRET} bytes"
        elif b"example" in value.lower():
            fault = "is the example from the documentation"
        else:
            continue
        raise ValueError(f"number {number} {fault}; make one with {MAKE_A_SECRET}")
    return secrets


def _are_bearer_tokens(tokens: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    for number, token in enumerate(tokens, 1):
        if not B64TOKEN.fullmatch(token.get_secret_value().decode()):
            raise ValueError(
                f"number {number} holds what no header can carry; make one with {MAKE_A_SECRET}"
            )
    return tokens


def _are_algorithms(names: tuple[str, ...]) -> tuple[str, ...]:
    """In our own order: RS256 first, as some consumers take the first that metadata list."""
    for name in names:
        if name not in SIGNING_ALGORITHMS:
            raise ValueError(f"must hold only {', '.join(SIGNING_ALGORITHMS)}")
    if "RS256" not in names:
        # OpenID Connect Core 1.0 §15.1
        raise ValueError("must hold RS256, which every relying party may expect")
    return tuple(name for name in SIGNING_ALGORITHMS if name in names)


def _are_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Return them in our order, each once."""
    unknown = [value for value in scopes if value not in SCOPES_SUPPORTED]
    if unknown:
        raise ValueError(f"must hold only {', '.join(SCOPES_SUPPORTED)}")
    if "openid" not in scopes:
        raise ValueError("must hold openid: without it there is no OpenID Connect")
    return tuple(value for value in SCOPES_SUPPORTED if value in scopes)


def _in_a_list(value: object) -> object:
    """One word stands for a list of it."""
    return [value] if isinstance(value, str) else value


def _is_access(words: tuple[str, ...]) -> tuple[str, ...]:
    read_access(words)
    return words


def _may_be_fetched(entries: tuple[str, ...]) -> tuple[str, ...]:
    for number, entry in enumerate(entries, 1):
        if not (_is_a_network(entry) or _is_a_host(entry)):
            raise ValueError(
                f"number {number} must be a host name in lower case, or a network such as"
                " 10.1.0.0/16"
            )
    return entries


def _are_domain_proofs(entries: tuple[str, ...]) -> tuple[str, ...]:
    for number, entry in enumerate(entries, 1):
        if DOMAIN_PROOF.fullmatch(entry) is None:
            raise ValueError(
                f"number {number} must be what stands between MP_verify_ and .txt in the name of"
                " WeChat's file, letters and digits; if the file holds something else, = and that"
            )
    return entries


def _is_a_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_a_host(text: str) -> bool:
    try:
        check_domain(text)
    except ValueError:
        return False
    return True


Secrets = Annotated[tuple[SecretBytes, ...], AfterValidator(_are_secrets)]
BearerTokens = Annotated[
    tuple[SecretBytes, ...],
    AfterValidator(_are_hard_to_guess),
    AfterValidator(_are_bearer_tokens),
]
Algorithms = Annotated[tuple[str, ...], AfterValidator(_are_algorithms)]
Scopes = Annotated[tuple[str, ...], AfterValidator(_are_scopes)]
Access = Annotated[tuple[str, ...], BeforeValidator(_in_a_list), AfterValidator(_is_access)]
FetchAllowed = Annotated[tuple[str, ...], AfterValidator(_may_be_fetched)]
DomainProofs = Annotated[tuple[str, ...], AfterValidator(_are_domain_proofs)]
