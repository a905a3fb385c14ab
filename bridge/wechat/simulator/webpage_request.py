"""The request for ``/connect/oauth2/authorize``, which only official accounts may send.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
The parameters have an order, which WeChat compares by a regular expression. It also demands the
fragment ``#wechat_redirect``, which no server sees, so that its absence goes unnoticed here.
Addresses of the other page are subject to the order, too, when they are opened within WeChat:
https://github.com/ik0r/passport-weixin/issues/6
"""

import re
from collections.abc import Mapping

from bridge.wechat.simulator.accounts import Applications, Kind, SimulatedApplication
from bridge.wechat.simulator.authorization_request import (
    AuthorizationRequest,
    UnusableRequest,
    read_redirect_uri,
)

MAX_STATE = 128

_ORDERED = ("appid", "redirect_uri", "response_type", "scope", "state")
_IN_ORDER = re.compile(
    "".join(f"(?:&{name}=[^&]*)?" for name in _ORDERED)
    # forcePopup, connect_redirect and others come last.
    + rf"(?:&(?!(?:{'|'.join(_ORDERED)})=)[^&]*)*"
)


def is_in_order(query: str) -> bool:
    """What is missing is no matter of order."""
    return _IN_ORDER.fullmatch(f"&{query}") is not None


def read_webpage_request(
    parameters: Mapping[str, str], applications: Applications
) -> AuthorizationRequest:
    """Raises ``UnusableRequest``.

    ``state`` may be left out, as its table of parameters says; given and empty it is the error
    10013 of its table of errors.
    """
    for name in ("appid", "redirect_uri", "scope"):
        if not parameters.get(name):
            raise UnusableRequest(f"webpage_{name}_missing")
    if parameters.get("state", "given") == "":
        raise UnusableRequest("state_missing")
    application = applications.get(parameters["appid"])
    if application is None:
        raise UnusableRequest("appid_unknown")
    _check_application(application, parameters)
    redirect_uri = read_redirect_uri(parameters["redirect_uri"], application)
    if parameters.get("response_type") != "code":
        raise UnusableRequest("response_type")
    scope = parameters["scope"]
    if scope not in application.granted_scopes:
        raise UnusableRequest("webpage_scope")
    state = parameters.get("state", "")
    _check_state(state)
    return AuthorizationRequest(application, redirect_uri, scope, state)


def _check_application(application: SimulatedApplication, parameters: Mapping[str, str]) -> None:
    if application.kind is not Kind.OFFICIAL_ACCOUNT:
        raise UnusableRequest("open_platform_appid")
    if application.banned:
        raise UnusableRequest("banned")
    component = parameters.get("component_appid")
    if component is not None and component not in application.component_appids:
        raise UnusableRequest("component")


def _check_state(state: str) -> None:
    if len(state.encode()) > MAX_STATE:
        raise UnusableRequest("state_too_long")
    if re.fullmatch("[a-zA-Z0-9]*", state) is None:
        raise UnusableRequest("state")
