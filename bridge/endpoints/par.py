"""The Pushed Authorization Request Endpoint: RFC 9126."""

from dataclasses import replace

from fastapi import Request

from bridge.endpoints.asking import judge
from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.limiting import count_public
from bridge.endpoints.pending import check_can_be_kept, new_pending
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.request_objects import open_request_object
from bridge.endpoints.routing import Router
from bridge.oidc.access_token import token_hash
from bridge.oidc.authorization_request import verify_redirection
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.oidc.pushed_request import check_size, pushed_response
from bridge.provider import Provider
from bridge.store import PushedRequest

router = Router()


@router.route("/par", "POST")
async def par(request: Request, provider: Provider) -> JSONAnswer:
    """Judge a request as the authorization endpoint would, and keep it for a while (§2.1)."""
    sent = await form_parameters(request)
    client = await authenticated_client(request, provider, sent)
    await count_public(request, provider, client)
    parameters = await _asked(provider, client, sent)
    redirection = verify_redirection(parameters, client)
    reference = provider.new_token()
    pending = new_pending(provider, parameters, reference_hash=token_hash(reference))
    await judge(provider, parameters, client, redirection, pending)
    check_size(pending.parameters)
    check_can_be_kept(provider, pending)
    lifetime = provider.lifetimes.pushed_request
    pushed = PushedRequest(client.client_id, pending.parameters, provider.now() + lifetime)
    await provider.store.add_pushed_request(token_hash(reference), pushed)
    return JSONAnswer(
        pushed_response(reference, lifetime=lifetime),
        status_code=201,
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


async def _asked(provider: Provider, client: Client, sent: Parameters) -> Parameters:
    """What is asked, by the client that is authenticated.

    Beside a request object stands nothing but the client's authentication (§3).
    """
    if sent.get("request_uri") is not None:
        raise InvalidRequest("request_uri cannot be pushed")
    values, request_object = sent.values, sent.get("request")
    if request_object is not None:
        values = await open_request_object(provider, client, request_object)
    return replace(sent, values={**values, "client_id": client.client_id})
