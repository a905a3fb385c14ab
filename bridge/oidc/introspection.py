"""What a client may learn of a token: RFC 7662."""

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.claims import ClaimSource
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidClient
from bridge.oidc.jwt_access_token import audience
from bridge.oidc.refresh_token import RefreshToken
from bridge.oidc.standard_claims import Claims
from bridge.oidc.subject import subject_for_client


def check_may_introspect(client: Client) -> None:
    """§2.1: the endpoint is for who proves who they are; anybody can claim to be a public client.

    Raises InvalidClient.
    """
    if client.is_public:
        raise InvalidClient("a public client cannot introspect tokens")


# §2.2: a token that is unknown, expired, revoked, or none of the asking client's business
INACTIVE: Claims = {"active": False}


def may_learn(found: AccessGrant | RefreshToken, asking: Client) -> bool:
    """§2.1, §4: whether the token was issued to this client, or is for it.

    A protected resource is known by its ``client_id`` or, where the operator has registered it, by
    its ``client_uri``. Refresh tokens are for nobody but their client.
    """
    if found.grant.client_id == asking.client_id:
        return True
    if not isinstance(found, AccessGrant):
        return False
    names = {asking.client_id}
    if asking.client_uri is not None and not asking.is_self_registered:
        names.add(asking.client_uri)
    return not names.isdisjoint(found.grant.resources)


def introspection_response(
    found: AccessGrant | RefreshToken, client: Client, source: ClaimSource, *, issuer: str
) -> Claims:
    """§2.2: what is told of a token of ``client``.

    A refresh token has no ``token_type``: whoever takes access tokens must not take it for one.
    """
    told: Claims = {
        "active": True,
        "iss": issuer,
        "sub": subject_for_client(found.session.account, client, source.pairwise_key),
        "client_id": client.client_id,
        "scope": " ".join(found.grant.scope),
        "exp": found.expires_at,
    }
    if isinstance(found, AccessGrant):
        told["token_type"] = "Bearer"
        if found.grant.resources:
            told["aud"] = audience(found.grant, issuer=issuer)
    return told
