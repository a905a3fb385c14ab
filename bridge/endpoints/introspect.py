"""The Introspection Endpoint: RFC 7662."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.reading import form_parameters
from bridge.oidc.access_token import token_hash
from bridge.oidc.introspection import check_may_introspect, introspection_response
from bridge.provider import ProviderDep

router = APIRouter()


@router.post("/introspect")
async def introspect(request: Request, provider: ProviderDep) -> JSONResponse:
    """Tell a client about a token that was issued to it, and about no other."""
    parameters = await form_parameters(request)
    client = await authenticated_client(request, provider, parameters)
    check_may_introspect(client)
    token = parameters.required("token")
    found = await provider.store.find_access_grant(token_hash(token), now=provider.now())
    answer: dict[str, Any] = introspection_response(
        found, client, provider.claim_source, issuer=provider.issuer
    )
    return JSONResponse(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})
