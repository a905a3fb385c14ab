"""The Token Endpoint: RFC 6749 §3.2."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.grants import GRANTS
from bridge.endpoints.reading import form_parameters
from bridge.oidc.signing import check_id_token_alg
from bridge.oidc.token_request import read_grant_type
from bridge.provider import ProviderDep

router = APIRouter()


@router.post("/token")
async def token(request: Request, provider: ProviderDep) -> JSONResponse:
    """Give tokens for what the client hands in: first who asks, then by what right."""
    parameters = await form_parameters(request)
    client = provider.offered(await authenticated_client(request, provider, parameters))
    ring = await provider.keys.ring(provider.now())
    check_id_token_alg(client, ring.algorithms)
    grant_type = read_grant_type(parameters, exchanges=provider.exchanges_codes)
    answer = await GRANTS[grant_type](provider, client, parameters)
    return JSONResponse(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})
