"""By which of the operator's applications a browser is sent to WeChat."""

from fastapi import Request

from bridge.oidc.client import Client
from bridge.oidc.errors import ServerError
from bridge.provider import Provider
from bridge.wechat import BROWSER_KINDS, WeChatClient


def way_to_wechat(_request: Request, provider: Provider, client: Client) -> WeChatClient:
    """Return the application for this browser, among those that the client may use.

    Raises ServerError where there is none for browsers.
    """
    for kind in BROWSER_KINDS:
        found = provider.wechat.of_kind(kind, client.wechat_applications)
        if found is not None:
            return found
    raise ServerError("no application at WeChat signs people in to this client in a browser")
