"""The Revocation Endpoint: RFC 7009."""

from fastapi import Request, Response

from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.limiting import count_public
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.endpoints.signing_out import sign_out
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.refresh_token import RefreshToken
from bridge.provider import Provider
from bridge.wechat import BROWSER_KINDS

router = Router()


@router.route("/revoke", "POST")
async def revoke(request: Request, provider: Provider) -> Response:
    """Revoke a token of this client; one that is unknown, or another's, is no error (§2.2).

    ``token_type_hint`` is not needed: what is unknown as the one is looked for as the other.
    """
    parameters = await form_parameters(request)
    client = await authenticated_client(request, provider, parameters)
    await count_public(request, provider, client)
    hashed = token_hash(parameters.required("token"))
    token = await provider.store.find_refresh_token(hashed)
    await provider.store.revoke_token(hashed, client_id=client.client_id, now=provider.now())
    if token is not None and _is_sign_out(provider, client, token):
        await sign_out(
            provider, token.session, visitor_of(request, provider), client_id=client.client_id
        )
    return Response(status_code=200, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _is_sign_out(provider: Provider, client: Client, token: RefreshToken) -> bool:
    """Whether the sign-in is of this client alone: an app handed it in, and no browser has it."""
    wechat = provider.wechat.get(token.session.appid)
    is_native = wechat is not None and wechat.application.kind not in BROWSER_KINDS
    return is_native and token.grant.client_id == client.client_id
