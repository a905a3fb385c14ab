"""Whose web page may control the simulator: its own, and no other.

A browser sends a form to wherever a page says, and names the page's origin. JSON it does not send
to another origin without asking first, which is answered by nothing here; but a page may have a
name of its own lead to this machine (DNS rebinding), and then counts as being of this origin. So
an origin is good only if its host is one that nobody else can have: the simulator's own address,
this machine's, a bare IP address, or one of WeChat's names. What is no browser sends no origin.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

WECHATS = (".weixin.qq.com",)


def is_own_page(request: Request, url: str | None) -> bool:
    """Whether the page that sends this is the simulator's, whose public address may be ``url``."""
    origin = request.headers.get("origin", "null")
    return origin == url or (
        origin in {f"{scheme}://{request.headers.get('host', '')}" for scheme in ("http", "https")}
        and _belongs_to_nobody_else(urlsplit(origin).hostname or "")
    )


def is_allowed(request: Request, url: str | None) -> bool:
    """Whether a call of the API comes from no web page, or from the simulator's."""
    if "origin" not in request.headers:
        return request.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return is_own_page(request, url)


def _belongs_to_nobody_else(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", *WECHATS)):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
