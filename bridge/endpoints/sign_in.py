"""The page before WeChat once more: renewed, or by another way that the person has chosen."""

from dataclasses import replace

from fastapi import Request, Response

from bridge.endpoints.asking import refuse, take_up
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.offering import renewed, show_sign_in
from bridge.endpoints.pending import Pending, again
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.errors import InvalidRequest, OAuthError
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider
from bridge.wechat import BROWSER_KINDS

router = Router(first=limit_pages)


@router.route("/sign_in", "POST")
async def sign_in(request: Request, provider: Provider) -> Response:
    """Show it, with a ``wechat_state`` of its own.

    The page has sealed what it is about, so that it can be renewed when the pending request has
    long expired. Whoever posts another browser's page begins what a link to ``/authorize`` would.
    """
    parameters = await form_parameters(request)
    parameters.check_none_repeated()
    renewable = renewed(provider, parameters.required("request"))
    pending = again(provider, _chosen(parameters, renewable))
    asking = await take_up(request, provider, pending)
    try:
        return show_sign_in(request, provider, asking.client, asking.presented, pending)
    except OAuthError as error:
        return await refuse(request, provider, asking, error)


def _chosen(parameters: Parameters, pending: Pending) -> Pending:
    """Note which kind of application the person has chosen, if any."""
    channel = parameters.get("channel")
    if channel is None:
        return pending
    for kind in BROWSER_KINDS:
        if channel == kind:
            return replace(pending, chosen=kind)
    raise InvalidRequest("channel is none that there is")
