"""What the client alone may read: OpenID Connect Core 1.0 §10.2 and §16.14.

The members are those of OpenID Connect Dynamic Client Registration 1.0 §2; ``check_encryption`` is
a part of ``bridge.oidc.client_consistency``, for whoever registers clients.
"""

from dataclasses import dataclass

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.signing import UNSIGNED

# RFC 7518 §4.1: neither RSA1_5 nor RSA-OAEP with SHA-1
ENCRYPTION_ALGORITHMS = ("RSA-OAEP-256", "ECDH-ES")

# RFC 7518 §5.1
CONTENT_ENCRYPTIONS = ("A256GCM", "A128CBC-HS256")

# Dynamic Client Registration 1.0 §2
DEFAULT_CONTENT_ENCRYPTION = "A128CBC-HS256"


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a key is agreed on (``alg``), and how the content is encrypted with it (``enc``)."""

    alg: str
    enc: str


def id_token_encryption(client: Client) -> Encryption | None:
    """How the ID Tokens of this client are encrypted; None: they are only signed."""
    return _encryption(
        client.id_token_encrypted_response_alg, client.id_token_encrypted_response_enc
    )


def userinfo_encryption(client: Client) -> Encryption | None:
    """How the UserInfo of this client is encrypted; None: it is not."""
    return _encryption(
        client.userinfo_encrypted_response_alg, client.userinfo_encrypted_response_enc
    )


def _encryption(alg: str | None, enc: str | None) -> Encryption | None:
    return None if alg is None else Encryption(alg, enc or DEFAULT_CONTENT_ENCRYPTION)


def check_encryption(client: Client) -> None:
    """Raise UnfitClient unless a client may be registered so."""
    _check_members(
        "id_token", client.id_token_encrypted_response_alg, client.id_token_encrypted_response_enc
    )
    _check_members(
        "userinfo", client.userinfo_encrypted_response_alg, client.userinfo_encrypted_response_enc
    )
    # Core §2: signed and then encrypted
    is_encrypted = id_token_encryption(client) is not None
    if is_encrypted and client.id_token_signed_response_alg == UNSIGNED:
        raise UnfitClient("id_token_encrypted_response_alg is for ID Tokens that are signed")


def _check_members(told: str, alg: str | None, enc: str | None) -> None:
    if alg not in (*ENCRYPTION_ALGORITHMS, None):
        offered = ", ".join(ENCRYPTION_ALGORITHMS)
        raise UnfitClient(f"{told}_encrypted_response_alg is one of {offered}")
    if enc not in (*CONTENT_ENCRYPTIONS, None):
        offered = ", ".join(CONTENT_ENCRYPTIONS)
        raise UnfitClient(f"{told}_encrypted_response_enc is one of {offered}")
    if enc is not None and alg is None:
        raise UnfitClient(f"{told}_encrypted_response_enc needs {told}_encrypted_response_alg")
