"""The Revocation Endpoint: RFC 7009."""

from fastapi import APIRouter, Request, Response

from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.reading import form_parameters
from bridge.oidc.access_token import token_hash
from bridge.provider import ProviderDep

router = APIRouter()


@router.post("/revoke")
async def revoke(request: Request, provider: ProviderDep) -> Response:
    """Revoke a token of this client; one that is unknown, or another's, is no error (§2.2).

    ``token_type_hint`` is not needed: what is unknown as the one is looked for as the other.
    """
    parameters = await form_parameters(request)
    client = await authenticated_client(request, provider, parameters)
    token = parameters.required("token")
    await provider.store.revoke_token(
        token_hash(token), client_id=client.client_id, now=provider.now()
    )
    return Response(status_code=200, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})
