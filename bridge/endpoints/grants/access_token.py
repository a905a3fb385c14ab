"""The access tokens of the token endpoint: opaque, or to be read by whom they are for."""

from dataclasses import replace

from bridge.endpoints.issuing import new_access_token
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.oidc.id_token import Validity
from bridge.oidc.jwt_access_token import ALG, TYP, access_token_claims, is_jwt
from bridge.provider import Provider
from bridge.store import NewAccessToken
from bridge.telemetry import span


async def make_access_token(
    provider: Provider, client: Client, grant: Grant, session: Session
) -> tuple[str, NewAccessToken]:
    """Return its text, and how the store keeps it. It is good for the scope of this ``grant``."""
    text = provider.new_token()
    if is_jwt(client, grant):
        text = await _signed(provider, client, grant, session)
    new = new_access_token(provider, text)
    return text, replace(new, scope=grant.scope, resources=grant.resources)


async def _signed(provider: Provider, client: Client, grant: Grant, session: Session) -> str:
    now = provider.now()
    claims = access_token_claims(
        grant,
        session,
        client,
        provider.claim_source,
        token_id=provider.new_id(),
        validity=Validity(provider.issuer, now, provider.lifetimes.access_token),
    )
    ring = await provider.keys.ring(now)
    with span("sign", alg=ALG):
        return ring.sign(claims, now=now, alg=ALG, typ=TYP)
