"""What a client may learn of a token: RFC 7662."""

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.claims import ClaimSource
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidClient
from bridge.oidc.refresh_token import RefreshToken
from bridge.oidc.subject import subject_for_client


def check_may_introspect(client: Client) -> None:
    """§2.1: the endpoint is for who proves who they are; anybody can claim to be a public client.

    Raises InvalidClient.
    """
    if client.is_public:
        raise InvalidClient("a public client cannot introspect tokens")


def introspection_response(
    found: AccessGrant | RefreshToken | None, client: Client, source: ClaimSource, *, issuer: str
) -> dict[str, str | int | bool]:
    """§2.2; a token that is unknown, expired, revoked or another client's is just not active.

    A refresh token has no ``token_type``: whoever takes access tokens must not take it for one.
    """
    if found is None or found.grant.client_id != client.client_id:
        return {"active": False}
    told: dict[str, str | int | bool] = {
        "active": True,
        "iss": issuer,
        "sub": subject_for_client(found.session.account, client, source.pairwise_key),
        "client_id": client.client_id,
        "scope": " ".join(found.grant.scope),
        "exp": found.expires_at,
    }
    if isinstance(found, AccessGrant):
        told["token_type"] = "Bearer"
    return told
