"""Access tokens that can be read without asking us: RFC 9068.

Such a token is stored like any other, by its hash, so that it can be revoked. Whoever only reads it
learns of that when it expires.
"""

from bridge.oidc.account import Session
from bridge.oidc.claims import ClaimSource
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.oidc.groups import groups_of
from bridge.oidc.id_token import Validity
from bridge.oidc.standard_claims import Claims
from bridge.oidc.subject import subject_for_client

# §2.1: what keeps it from being taken for an ID Token, whose ``typ`` is JWT
TYP = "at+jwt"

# §2.1 demands that everybody supports it, whatever a client wants its ID Tokens to be signed with.
ALG = "RS256"


def is_jwt(client: Client, grant: Grant) -> bool:
    """Whether the access tokens of this grant are such."""
    return client.access_token_format == "jwt" or bool(grant.resources)


def audience(grant: Grant, *, issuer: str) -> str | list[str]:
    """§3: the resources, or else the default one, which is ourselves; one of them is one text."""
    if not grant.resources:
        return issuer
    return grant.resources[0] if len(grant.resources) == 1 else list(grant.resources)


def access_token_claims(
    grant: Grant,
    session: Session,
    client: Client,
    source: ClaimSource,
    *,
    token_id: str,
    validity: Validity,
) -> Claims:
    """§2.2; about the person no more than ``sub``, since anybody may read it.

    Where the scope asks for them, an API may decide by their groups (§2.2.3.1).
    """
    claims: Claims = {
        "iss": validity.issuer,
        "exp": validity.now + validity.lifetime,
        "aud": audience(grant, issuer=validity.issuer),
        "sub": subject_for_client(session.account, client, source.pairwise_key),
        "client_id": client.client_id,
        "iat": validity.now,
        "jti": token_id,
        "scope": " ".join(grant.scope),
        "auth_time": session.auth_time,
        "amr": list(session.amr),
    }
    if session.acr is not None:
        claims["acr"] = session.acr
    if "groups" in grant.scope:
        claims["groups"] = groups_of(session, source.groups)
    return claims
