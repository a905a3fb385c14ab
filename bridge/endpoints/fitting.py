"""Which of the operator's applications may serve a request, one of each kind."""

from collections.abc import Mapping

from bridge.endpoints.pending import Pending
from bridge.oidc.claims_request import read_acr_values, read_claims_request
from bridge.oidc.client import Client
from bridge.oidc.errors import ServerError
from bridge.provider import Provider
from bridge.wechat import BROWSER_KINDS, Kind, WeChatClient, assurance_of


def fitting_applications(
    provider: Provider, client: Client, pending: Pending
) -> Mapping[Kind, WeChatClient]:
    """Return what serves browsers, among what the client may use, in the order of the settings.

    What proves too little is left out, and what proves as much as is wished for goes first. Raises
    ServerError where there is none.
    """
    claims = read_claims_request(pending.parameters.get("claims"))
    wished = read_acr_values(pending.parameters.get("acr_values"), claims)
    found: dict[Kind, WeChatClient] = {}
    for wechat in provider.wechat:
        application = wechat.application
        acr = assurance_of(application).acr
        if application.kind not in BROWSER_KINDS or not client.may_use(application.appid):
            continue
        if claims.acr_values and acr not in claims.acr_values:
            continue
        known = found.setdefault(application.kind, wechat)
        if acr in wished and assurance_of(known.application).acr not in wished:
            found[application.kind] = wechat
    if not found:
        raise ServerError("no application at WeChat signs people in to this client in a browser")
    return found
