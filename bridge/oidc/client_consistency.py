"""Members of a client that are good in themselves and bad together, whoever registers it."""

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.encryption import (
    check_encryption,
    id_token_encryption,
    userinfo_encryption,
)
from bridge.oidc.signing import check_unsigned
from bridge.oidc.subject import check_sector
from bridge.oidc.token_exchange import check_exchanging

# A request object is signed by a key of the client's, but for these.
NOT_BY_A_KEY = frozenset({None, "none", "HS256", "HS384", "HS512"})


def check_client(client: Client) -> None:
    """Raise UnfitClient; the message is for developers, in one line of ASCII."""
    _check_keys(client)
    check_unsigned(client)
    check_encryption(client)
    _check_assertions(client)
    check_sector(client)
    check_exchanging(client)


def _check_keys(client: Client) -> None:
    """RFC 7591 §2: one place for the keys; and there is one where a key of its own is needed."""
    if client.jwks is not None and client.jwks_uri is not None:
        raise UnfitClient("jwks and jwks_uri are not registered together")
    if client.jwks is not None or client.jwks_uri is not None:
        return
    needs = {
        "private_key_jwt": client.token_endpoint_auth_method == "private_key_jwt",
        "id_token_encrypted_response_alg": id_token_encryption(client) is not None,
        "userinfo_encrypted_response_alg": userinfo_encryption(client) is not None,
        "request_object_signing_alg": client.request_object_signing_alg not in NOT_BY_A_KEY,
    }
    for member, needs_a_key in needs.items():
        if needs_a_key:
            raise UnfitClient(f"{member} needs jwks or jwks_uri")


def _check_assertions(client: Client) -> None:
    """Core §9: a MAC for client_secret_jwt, a signature for private_key_jwt."""
    alg, method = client.token_endpoint_auth_signing_alg, client.token_endpoint_auth_method
    if alg is None:
        return
    fits = "client_secret_jwt" if alg.startswith("HS") else "private_key_jwt"
    if method != fits:
        raise UnfitClient(f"token_endpoint_auth_signing_alg {alg} is for {fits}")
