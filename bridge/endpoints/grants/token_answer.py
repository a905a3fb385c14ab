"""What every grant is answered with: RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3, §12.2."""

import logging

from bridge.endpoints.issuing import sign_id_token
from bridge.oidc.access_token import token_response
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.oidc.id_token import Binding
from bridge.provider import Provider
from bridge.telemetry import Event, emit


async def token_answer(  # noqa: PLR0913 - what goes into the answer
    provider: Provider,
    client: Client,
    grant: Grant,
    session: Session,
    *,
    access_token: str,
    refresh_token: str | None,
    nonce: str | None,
) -> dict[str, str | int]:
    """Return its members; the scope of ``grant`` is that of the access token."""
    emit(Event.TOKENS_ISSUED, logging.DEBUG, client_id=client.client_id)
    id_token = None
    if "openid" in grant.scope:
        binding = Binding(nonce=nonce, access_token=access_token)
        id_token = await sign_id_token(provider, client, grant, session, binding)
    return token_response(
        access_token,
        lifetime=provider.lifetimes.access_token,
        scope=grant.scope,
        id_token=id_token,
        refresh_token=refresh_token,
    )
