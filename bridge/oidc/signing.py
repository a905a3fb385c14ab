"""How what a client is told is signed.

OpenID Connect Core 1.0 §2 and §5.3.2, OpenID Connect Dynamic Client Registration 1.0 §2.
``check_signing`` judges a registration by what the operator offers; a client that registers itself
is held to the metadata, which say the same.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256, sha512
from typing import Any

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.errors import UnauthorizedClient

# All that the operator may name; RFC 7518 §3.1, RFC 8037 §3.1
SIGNING_ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")

# What a client may sign with, itself (Core §9) and its requests (Core §6.1)
CLIENT_SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA")

# RFC 7518 §3.6: for ID Tokens only, and only where registered
UNSIGNED = "none"

# Core §3.1.3.6: "the hash algorithm used in the alg Header Parameter". RFC 8032 §5.1: that of
# Ed25519 is SHA-512.
_HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "RS256": sha256,
    "ES256": sha256,
    "PS256": sha256,
    "EdDSA": sha512,
}


def known_name(alg: object) -> object:
    """RFC 9864 §2.2: EdDSA by a key on the curve Ed25519 is called Ed25519, too. One signature."""
    return "EdDSA" if alg == "Ed25519" else alg


def check_signing(client: Client, algorithms: Sequence[str]) -> None:
    """Raise UnfitClient unless a client may be registered so, where these ``algorithms`` sign."""
    alg = client.id_token_signed_response_alg
    if alg not in (*algorithms, UNSIGNED):
        offered = ", ".join((*algorithms, UNSIGNED))
        raise UnfitClient(f"id_token_signed_response_alg is one of {offered} here")
    check_unsigned(client)
    if client.userinfo_signed_response_alg not in (*algorithms, None):
        offered = ", ".join(algorithms)
        raise UnfitClient(f"userinfo_signed_response_alg is one of {offered} here")


def check_unsigned(client: Client) -> None:
    """Core §3.1.3.7: without a signature, only TLS to /token says whose the ID Token is.

    Raises UnfitClient.
    """
    is_unsigned = client.id_token_signed_response_alg == UNSIGNED
    if is_unsigned and any("id_token" in told.split(" ") for told in client.response_types):
        raise UnfitClient(
            "id_token_signed_response_alg is none only where no response type holds id_token"
        )


def check_id_token_alg(client: Client, algorithms: Sequence[str]) -> None:
    """Raise UnauthorizedClient where the operator gave up what the client is registered for.

    It is asked before anybody signs in and before a code is spent.
    """
    alg = client.id_token_signed_response_alg
    if alg not in (*algorithms, UNSIGNED):
        raise UnauthorizedClient(
            f"the client is registered for ID Tokens signed with {alg}, which is not offered"
        )


def userinfo_alg(client: Client, algorithms: Sequence[str]) -> str | None:
    """How UserInfo is signed; None: it is plain JSON. Raises UnauthorizedClient."""
    alg = client.userinfo_signed_response_alg
    if alg not in (*algorithms, None):
        raise UnauthorizedClient(
            f"the client is registered for UserInfo signed with {alg}, which is not offered"
        )
    return alg


def unsecured_jwt(claims: Mapping[str, Any]) -> str:
    """RFC 7519 §6, RFC 7515 appendix A.5: the signature is the empty text."""
    parts = (_base64url(json.dumps(part).encode()) for part in ({"alg": UNSIGNED}, dict(claims)))
    return f"{'.'.join(parts)}."


def left_half_hash(value: str, alg: str) -> str | None:
    """``at_hash``, ``c_hash``: the left half, by the hash of the algorithm that signs.

    None where nothing signs: then there is no hash to take, and what comes by the same answer of
    /token needs no binding (Core §3.1.3.6: OPTIONAL).
    """
    if alg == UNSIGNED:
        return None
    digest: bytes = _HASHES[alg](value.encode("ascii")).digest()
    return _base64url(digest[: len(digest) // 2])


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
