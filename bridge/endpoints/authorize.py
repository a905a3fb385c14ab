"""The Authorization Endpoint: OpenID Connect Core 1.0 §3.1.2, §3.2.2, §3.3.2."""

from fastapi import Request, Response

from bridge.endpoints.answering import redirect, respond_error
from bridge.endpoints.asking import judge, refuse, resume
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.pending import keep_pending, new_pending
from bridge.endpoints.proceeding import proceed
from bridge.endpoints.reading import query_parameters, request_parameters
from bridge.endpoints.requested import requested
from bridge.endpoints.routing import Router
from bridge.oidc.authorization_request import verify_client, verify_redirection
from bridge.oidc.errors import OAuthError
from bridge.provider import Provider

router = Router(first=limit_pages)


@router.route("/authorize", "GET", "POST")
async def authorize(request: Request, provider: Provider) -> Response:
    """Answer from the browser's session, or show the person the way to WeChat.

    What is posted comes from another site, so without our cookies (``SameSite=Lax``): it is kept,
    and the browser is sent to a GET of ours, where its session is seen.
    """
    sent = await request_parameters(request)
    client = verify_client(await provider.store.client(sent.required("client_id")))
    asked = await requested(provider, client, sent)
    redirection = verify_redirection(asked.parameters, client)
    pending = new_pending(provider, asked.parameters, reference_hash=asked.reference_hash)
    try:
        asking = await judge(provider, asked.parameters, client, redirection, pending)
        if request.method != "POST":
            return await proceed(request, provider, asking)
        wechat_state = pending.wechat_state
        response = redirect(request, f"{provider.issuer}/continue?wechat_state={wechat_state}")
        keep_pending(provider, request, response, pending)
    except OAuthError as error:
        return await respond_error(request, provider, redirection, pending, error)
    return response


@router.route("/continue", "GET")
async def go_on(request: Request, provider: Provider) -> Response:
    """Go on with the request of this browser that ``wechat_state`` names."""
    parameters = query_parameters(request)
    asking = await resume(request, provider, parameters.required("wechat_state"))
    try:
        return await proceed(request, provider, asking)
    except OAuthError as error:
        return await refuse(request, provider, asking, error)
