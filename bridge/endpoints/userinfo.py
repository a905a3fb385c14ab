"""The UserInfo Endpoint: OpenID Connect Core 1.0 §5.3."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bridge.endpoints.cross_origin import readable_by
from bridge.endpoints.reading import form_parameters, is_form
from bridge.oidc.access_token import token_hash
from bridge.oidc.errors import InvalidToken
from bridge.oidc.parameters import Parameters
from bridge.oidc.userinfo import read_access_token, userinfo_claims
from bridge.provider import ProviderDep

router = APIRouter()


@router.api_route("/userinfo", methods=["GET", "POST"])
async def userinfo(request: Request, provider: ProviderDep) -> JSONResponse:
    """Tell the bearer of an access token about the person who signed in."""
    parameters = Parameters({})
    if request.method == "POST" and is_form(request):
        parameters = await form_parameters(request)
    access_token = read_access_token(parameters, request.headers.get("authorization"))
    found = await provider.store.find_access_grant(token_hash(access_token), now=provider.now())
    client = await provider.store.client(found.grant.client_id) if found else None
    if found is None or client is None:
        raise InvalidToken("access token is unknown, expired or revoked")
    readable_by(request, client)
    claims: dict[str, Any] = userinfo_claims(
        found.grant, found.session, client, provider.claim_source
    )
    return JSONResponse(claims, headers={"Cache-Control": "no-store"})
