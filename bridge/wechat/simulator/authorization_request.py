"""What an application sends with the person, and where the person is sent afterwards.

Both pages judge ``redirect_uri`` in the same way; what else they ask for stands in
``qrconnect_request.py`` and ``webpage_request.py``.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from bridge.wechat.simulator.accounts import SimulatedApplication
from bridge.wechat.simulator.behaviour import Denial

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT_PORTS = {None, 80, 443}


class UnusableRequest(Exception):
    """A request that ends on a page; the person is never sent back with an error.

    ``problem`` names the page's text in ``messages/``.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    application: SimulatedApplication
    redirect_uri: str
    scope: str
    state: str

    @property
    def host(self) -> str:
        return urlsplit(self.redirect_uri).netloc

    @property
    def name(self) -> str:
        """What the person is told."""
        return self.application.name or self.host

    def approved(self, code: str) -> str:
        return f"code={quote(code)}&state={_unchanged(self.state)}"

    def denied(self, denial: Denial) -> str | None:
        """What is told to the application, if anything is."""
        if denial == "authdeny":
            return self.approved("authdeny")
        return f"state={_unchanged(self.state)}" if denial == "state_only" else None

    def before_the_fragment(self, told: str) -> str:
        """``redirect_uri`` with what is told, as a server puts it together."""
        address, hash_sign, fragment = self.redirect_uri.partition("#")
        if "?" not in address:
            address += "?"
        elif not address.endswith(("?", "&")):
            address += "&"
        return f"{address}{told}{hash_sign}{fragment}"

    def at_the_end(self, told: str) -> str:
        """``redirect_uri`` with what is told, as the script of the page puts it together.

        It looks for a question mark and appends, fragment or not. That suited applications whose
        routes are fragments, until the fast login put the code before the fragment:
        https://developers.weixin.qq.com/community/personal/oCJUswy-jWKgZ4EzDjAljdyxBX8k/follow
        """
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{told}"


def _unchanged(state: str) -> str:
    """What cannot stand in an address is escaped; all else is as it was read from the request."""
    return quote(state, safe="%+=/:?@!$'()*,;~-._")


def read_redirect_uri(redirect_uri: str, application: SimulatedApplication) -> str:
    """Raises ``UnusableRequest``."""
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError as error:
        raise UnusableRequest("redirect_uri") from error
    # A browser reads a backslash as a slash, and would then go to another host than was checked.
    if _UNSAFE.search(redirect_uri) or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnusableRequest("redirect_uri")
    if not _is_registered(parts, port, application):
        raise UnusableRequest("redirect_uri")
    return redirect_uri


def _is_registered(parts: SplitResult, port: int | None, application: SimulatedApplication) -> bool:
    """The host, to the letter: www.qq.com stands for no other host, and neither does qq.com.

    https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md
    Domains have no port, so only the default ones will do:
    https://docs.pingidentity.com/pingidm/7.4/self-service-reference/social-providers/section-wechat-social.html
    That of an official account may have a path: https://cnblogs.com/oldinaction/p/7545921.html
    Nobody can register localhost at WeChat; here it is this machine, on whichever port.
    """
    if application.callback_domain is None:
        return True
    domain, _, folder = application.callback_domain.partition("/")
    if parts.hostname != domain.lower():
        return False
    if port not in _DEFAULT_PORTS and parts.hostname != "localhost":
        return False
    return not folder or f"{parts.path}/".startswith(f"/{folder}/")
