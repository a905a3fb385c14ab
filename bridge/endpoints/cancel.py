"""The way back to the relying party for a person who does not want to sign in.

WeChat reports no refusal, so our own pages have to offer it.
"""

from fastapi import Request, Response

from bridge.endpoints.asking import refuse, resume
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.reading import request_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.errors import AccessDenied
from bridge.provider import Provider
from bridge.telemetry import Event, came_by, emit

router = Router(first=limit_pages)


@router.route("/cancel", "GET", "POST")
async def cancel(request: Request, provider: Provider) -> Response:
    """Answer ``access_denied`` for the sign-in of this browser that ``wechat_state`` names."""
    parameters = await request_parameters(request)
    asking = await resume(request, provider, parameters.required("wechat_state"))
    if (appid := asking.pending.appid) and (wechat := provider.wechat.get(appid)):
        came_by(wechat.application.kind)
    emit(Event.SIGN_IN_CANCELLED, client_id=asking.client.client_id)
    return await refuse(request, provider, asking, AccessDenied("the person cancelled the sign-in"))
