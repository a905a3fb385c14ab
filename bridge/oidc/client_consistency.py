"""Members of a client that are good in themselves and bad together, whoever registers it."""

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.subject import check_sector

# A request object is signed by a key of the client's, but for these.
NOT_BY_A_KEY = frozenset({None, "none", "HS256", "HS384", "HS512"})


def check_client(client: Client) -> None:
    """Raise UnfitClient; the message is for developers, in one line of ASCII."""
    _check_keys(client)
    _check_unsigned(client)
    _check_assertions(client)
    check_sector(client)


def _check_keys(client: Client) -> None:
    """RFC 7591 §2: one place for the keys; and there is one where a key of its own is needed."""
    if client.jwks is not None and client.jwks_uri is not None:
        raise UnfitClient("jwks and jwks_uri are not registered together")
    if client.jwks is not None or client.jwks_uri is not None:
        return
    needs = {
        "private_key_jwt": client.token_endpoint_auth_method == "private_key_jwt",
        "id_token_encrypted_response_alg": client.id_token_encrypted_response_alg is not None,
        "userinfo_encrypted_response_alg": client.userinfo_encrypted_response_alg is not None,
        "request_object_signing_alg": client.request_object_signing_alg not in NOT_BY_A_KEY,
    }
    for member, needs_a_key in needs.items():
        if needs_a_key:
            raise UnfitClient(f"{member} needs jwks or jwks_uri")


def _check_unsigned(client: Client) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2: from the token endpoint alone."""
    if client.id_token_signed_response_alg == "none" and any(
        "id_token" in response_type for response_type in client.response_types
    ):
        raise UnfitClient("id_token_signed_response_alg none is for response_types code alone")


def _check_assertions(client: Client) -> None:
    """Core §9: a MAC for client_secret_jwt, a signature for private_key_jwt."""
    alg, method = client.token_endpoint_auth_signing_alg, client.token_endpoint_auth_method
    if alg is None:
        return
    fits = "client_secret_jwt" if alg.startswith("HS") else "private_key_jwt"
    if method != fits:
        raise UnfitClient(f"token_endpoint_auth_signing_alg {alg} is for {fits}")
