"""Which URLs may be fetched. What is returned is what the connection is made from.

So there is one reading of a URL, and not one for the check and another for the connection.
"""

import re

from yarl import URL

from bridge.fetching.addresses import Allowed, read_address
from bridge.fetching.errors import FetchFailed

LONGEST_URL = 2_048

# RFC 3986 §2. A backslash, a space or a letter beyond ASCII is read by everybody differently.
_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
# WHATWG URL §3.5: what ends so is an IPv4 address to a resolver, 0x7f.1 and 2130706433 too.
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")


def read_url(text: str, allowed: Allowed) -> URL:
    """Return a URL that may be fetched as far as its text tells; raise FetchFailed otherwise.

    Where the host is an address it is judged here: no resolver is ever asked about it.
    """
    if len(text) > LONGEST_URL or _CHARACTERS.fullmatch(text) is None:
        raise FetchFailed("not a URL")
    try:
        url = URL(text, encoded=True)
        host, port = url.raw_host, url.port
    # IndexError is what yarl 1.25 raises for brackets without anything between them.
    except (ValueError, IndexError):
        raise FetchFailed("not a URL") from None
    if url.scheme != "https":
        raise FetchFailed("not https")
    if "@" in url.raw_authority:
        raise FetchFailed("a user name or password in the URL")
    if not host or not port:
        raise FetchFailed("not a URL")
    _check_host(host.lower(), allowed, in_brackets="[" in url.raw_authority)
    return url


def _check_host(host: str, allowed: Allowed, *, in_brackets: bool) -> None:
    address = read_address(host)
    if address is not None:
        if not allowed.passes(host, address):
            raise FetchFailed("the address is not public")
    elif in_brackets or _NAME.fullmatch(host) is None or _ENDS_IN_A_NUMBER.fullmatch(host):
        raise FetchFailed("not a host name")
