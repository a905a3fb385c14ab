"""The Introspection Endpoint: RFC 7662."""

from fastapi import Request

from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.bearing import find_access_grant
from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.access_token import AccessGrant, token_hash
from bridge.oidc.introspection import (
    INACTIVE,
    check_may_introspect,
    introspection_response,
    may_learn,
)
from bridge.oidc.refresh_token import RefreshToken, is_live
from bridge.oidc.standard_claims import Claims
from bridge.provider import Provider

router = Router()


@router.route("/introspect", "POST")
async def introspect(request: Request, provider: Provider) -> JSONAnswer:
    """Tell a client about a token that was issued to it, or is for it, and about no other."""
    parameters = await form_parameters(request)
    client = await authenticated_client(request, provider, parameters)
    check_may_introspect(client)
    found = await _find(provider, parameters.required("token"))
    answer: Claims = INACTIVE
    if found is not None and may_learn(found, client):
        # None: it has just been removed, and its tokens with it
        holder = await provider.store.client(found.grant.client_id)
        if holder is not None:
            answer = introspection_response(
                found, holder, provider.claim_source, issuer=provider.issuer
            )
    return JSONAnswer(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def _find(provider: Provider, text: str) -> AccessGrant | RefreshToken | None:
    """Return what a live token of either kind stands for; ``token_type_hint`` is not needed."""
    granted = await find_access_grant(provider, text)
    if granted is not None:
        return granted
    token = await provider.store.find_refresh_token(token_hash(text))
    return token if token is not None and is_live(token, now=provider.now()) else None
