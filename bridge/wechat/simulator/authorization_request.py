"""What an application sends with the person, and what WeChat finds wrong with it.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bridge.wechat.simulator.accounts import Applications, SimulatedApplication

SCOPE = "snsapi_login"
MAX_STATE = 128

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class UnusableRequest(Exception):
    """A request that ends on a page; the person is never sent back with an error.

    ``problem`` names the page's text in ``wording.py``.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    application: SimulatedApplication
    redirect_uri: str
    state: str

    @property
    def host(self) -> str:
        return urlsplit(self.redirect_uri).netloc

    def success_uri(self, code: str) -> str:
        """``redirect_uri`` as it was sent, with code and state before its fragment."""
        address, hash_sign, fragment = self.redirect_uri.partition("#")
        if "?" not in address:
            address += "?"
        elif not address.endswith(("?", "&")):
            address += "&"
        return f"{address}code={quote(code)}&state={self.state}{hash_sign}{fragment}"


def read_authorization_request(
    parameters: Mapping[str, str], applications: Applications
) -> AuthorizationRequest:
    """Raises ``UnusableRequest``."""
    appid = parameters.get("appid")
    if not appid:
        raise UnusableRequest("appid_missing")
    application = applications.get(appid)
    if application is None:
        raise UnusableRequest("appid_unknown")
    redirect_uri = _read_redirect_uri(parameters, application)
    _check_response_type(parameters)
    if not parameters.get("scope"):
        raise UnusableRequest("scope_missing")
    if parameters["scope"] != SCOPE:
        raise UnusableRequest("scope")
    state = parameters.get("state", "")
    _check_state(state)
    return AuthorizationRequest(application, redirect_uri, state)


def _read_redirect_uri(parameters: Mapping[str, str], application: SimulatedApplication) -> str:
    redirect_uri = parameters.get("redirect_uri")
    if not redirect_uri:
        raise UnusableRequest("redirect_uri_missing")
    try:
        parts = urlsplit(redirect_uri)
    except ValueError as error:
        raise UnusableRequest("redirect_uri") from error
    # A browser reads a backslash as a slash, and would then go to another host than was checked.
    if _UNSAFE.search(redirect_uri) or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnusableRequest("redirect_uri")
    domain = application.callback_domain
    if domain is not None and parts.hostname != domain.lower():
        raise UnusableRequest("redirect_uri")
    return redirect_uri


def _check_response_type(parameters: Mapping[str, str]) -> None:
    # wxLogin.js asks without a response_type and is answered all the same.
    by_script = parameters.get("login_type") == "jssdk"
    if parameters.get("response_type", "code" if by_script else "") != "code":
        raise UnusableRequest("response_type")


def _check_state(state: str) -> None:
    """a-zA-Z0-9, at most 128 bytes.

    So it is documented for ``/connect/oauth2/authorize``
    (https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html);
    the page with the QR code is reported to take more, which nobody should count on.
    """
    if len(state.encode()) > MAX_STATE:
        raise UnusableRequest("state_too_long")
    if re.fullmatch("[a-zA-Z0-9]*", state) is None:
        raise UnusableRequest("state")
