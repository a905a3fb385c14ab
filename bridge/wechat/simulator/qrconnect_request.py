"""The request for ``/connect/qrconnect``, which only website applications may send.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
The order of the parameters does not matter, ``response_type`` may be missing, as it is in the
address that WeChat's own wxLogin.js puts together, and ``state`` has no limits and comes back as
it was: https://github.com/keycloak/keycloak/issues/40237 is about the other page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bridge.wechat.simulator.accounts import Applications, Kind, SimulatedApplication
from bridge.wechat.simulator.authorization_request import (
    AuthorizationRequest,
    UnusableRequest,
    read_redirect_uri,
)

SCOPE = "snsapi_login"

ColorScheme = Literal["light", "dark", "auto"]
_INLINE = ("data:text/css;", "data:text/css,")


@dataclass(frozen=True, slots=True)
class Embedding:
    """How the page looks in a frame, and which window goes on from there.

    wxLogin.js asks for it: https://developers.weixin.qq.com/doc/knowledge/2e076284689c6bcd.md
    """

    window_goes_on: bool
    is_white: bool
    is_lite: bool
    stylesheet: str
    color_scheme: ColorScheme


def read_qrconnect_request(
    parameters: Mapping[str, str], applications: Applications
) -> AuthorizationRequest:
    """Raises ``UnusableRequest``."""
    application = _read_application(parameters, applications)
    if not parameters.get("redirect_uri"):
        raise UnusableRequest("redirect_uri_missing")
    # The callback of another kind is registered for another purpose, so this is told first.
    # https://developers.weixin.qq.com/community/personal/oCJUsw2mmdMGlN-4QzUcRy7HWuPk/question
    if application.kind is not Kind.WEBSITE:
        raise UnusableRequest("scope")
    redirect_uri = read_redirect_uri(parameters["redirect_uri"], application)
    if parameters.get("response_type", "code") != "code":
        raise UnusableRequest("response_type")
    if not parameters.get("scope"):
        raise UnusableRequest("scope_missing")
    if parameters["scope"] != SCOPE or SCOPE not in application.granted_scopes:
        raise UnusableRequest("scope")
    return AuthorizationRequest(application, redirect_uri, SCOPE, parameters.get("state", ""))


def _read_application(
    parameters: Mapping[str, str], applications: Applications
) -> SimulatedApplication:
    if not parameters.get("appid"):
        raise UnusableRequest("appid_missing")
    application = applications.get(parameters["appid"])
    if application is None:
        raise UnusableRequest("appid_unknown")
    if application.banned:
        raise UnusableRequest("banned")
    return application


def read_embedding(parameters: Mapping[str, str]) -> Embedding | None:
    """``None`` for a page that has a window to itself."""
    if parameters.get("login_type") != "jssdk":
        return None
    is_lite = parameters.get("stylelite") == "1"
    scheme = parameters.get("color_scheme")
    return Embedding(
        window_goes_on=parameters.get("self_redirect") != "true",
        is_white=parameters.get("style") == "white",
        is_lite=is_lite,
        # It has no effect on the lite style.
        stylesheet="" if is_lite else _stylesheet(parameters.get("href", "")),
        color_scheme="dark" if scheme == "dark" else "auto" if scheme == "auto" else "light",
    )


def _stylesheet(href: str) -> str:
    """The address of a stylesheet, http or data:text/css; ``""`` for anything else."""
    if href.startswith(_INLINE):
        return href
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return href if parts.scheme in {"http", "https"} and parts.hostname else ""
