"""The proxy by which WeChat is reached, where there is no other way, and what goes wrong with it.

It is told to connect us to WeChat's host (CONNECT, RFC 9110 §9.3.6), and TLS is spoken with WeChat
through it: it sees neither secrets nor codes. Only a WeChat that speaks plain http, a simulated one
on this machine, is asked in the open.
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote

import aiohttp

from bridge.wechat.errors import WeChatProxyFailed

_URL = re.compile(
    r"http://(?:(?P<user>[^:@/]*)(?::(?P<password>[^:@/]*))?@)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)"
    r":(?P<port>[1-9][0-9]{0,4})/?"
)
_HIGHEST_PORT = 65_535

# RFC 9110 §15.5.8: it wants to know who we are, or another password.
REFUSED = 407


@dataclass(frozen=True, slots=True)
class Proxy:
    """``url`` is its origin, fit to be shown."""

    url: str
    user: str | None = None
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """Who we are to it (RFC 7617, in UTF-8)."""
        if self.user is None:
            return {}
        encoded = b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {encoded}"}


def read_proxy(text: str) -> Proxy:
    """Read ``http://user:password@host:port``; raise ValueError.

    In user and password, signs that mean something in an address are ``%`` and two digits.
    """
    url = _URL.fullmatch(text)
    if url is None or int(url["port"]) > _HIGHEST_PORT:
        raise ValueError("no address of a proxy")
    user = None if url["user"] is None else unquote(url["user"])
    password = unquote(url["password"] or "")
    if user is not None and (not user or ":" in user):
        raise ValueError("no user whom Basic can name")
    if not (user or "").isprintable() or not password.isprintable():
        raise ValueError("no user, or no password")
    return Proxy(f"http://{url['host']}:{url['port']}", user, password)


def proxys_fault(error: aiohttp.ClientError) -> WeChatProxyFailed | None:
    """Say in our own words what went wrong at the proxy; None where it was not the proxy.

    ``error`` is of a call that went by one. WeChat has been sent nothing.
    """
    match error:
        case aiohttp.ClientHttpProxyError() if error.status == REFUSED:
            return WeChatProxyFailed("the proxy wants another user or password: status 407")
        case aiohttp.ClientHttpProxyError():
            return WeChatProxyFailed(
                f"the proxy does not connect: status {error.status}", concerns_all=False
            )
        case aiohttp.ClientSSLError():
            return None  # TLS is spoken with WeChat
        case aiohttp.ClientConnectorError():
            return WeChatProxyFailed("the proxy cannot be reached")
        case aiohttp.ConnectionTimeoutError():
            return WeChatProxyFailed("no connection by the proxy in time", concerns_all=False)
        case _:
            return None
