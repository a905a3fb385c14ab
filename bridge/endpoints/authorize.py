"""The Authorization Endpoint: OpenID Connect Core 1.0 §3.1.2."""

from fastapi import APIRouter, Request, Response

from bridge.endpoints.answering import redirect, show_sign_in
from bridge.endpoints.pending import new_pending
from bridge.endpoints.reading import request_parameters
from bridge.oidc.authorization_request import (
    read_authorization_request,
    verify_client,
    verify_redirection,
)
from bridge.oidc.authorization_response import error_uri
from bridge.oidc.errors import OAuthError
from bridge.provider import ProviderDep

router = APIRouter()


@router.api_route("/authorize", methods=["GET", "POST"])
async def authorize(request: Request, provider: ProviderDep) -> Response:
    """Show the person the way to WeChat, keeping the request sealed in a cookie."""
    parameters = await request_parameters(request)
    client = verify_client(await provider.store.client(parameters.required("client_id")))
    redirection = verify_redirection(parameters, client)
    try:
        read_authorization_request(parameters, client, redirection)
        return show_sign_in(request, provider, client, new_pending(provider, parameters))
    except OAuthError as error:
        return redirect(request, error_uri(redirection, error, issuer=provider.issuer))
