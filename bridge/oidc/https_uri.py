"""Addresses that a client registers, other than its redirect URIs: RFC 3986, by https."""

import re
from urllib.parse import urlsplit

# RFC 3986 §2: anything else is not part of a URI
#   pct-encoded = "%" HEXDIG HEXDIG
URI_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")

LONGEST_URI = 2_000


class UnfitURI(ValueError):
    """It cannot be registered; the message is the end of a sentence, in one line of ASCII."""


def check_https_uri(uri: str, *, may_have_fragment: bool = False) -> None:
    """Raise UnfitURI unless a client may register it."""
    if len(uri) > LONGEST_URI:
        raise UnfitURI(f"is longer than {LONGEST_URI} characters")
    if not URI_CHARACTERS.fullmatch(uri):
        raise UnfitURI("holds other characters than those of RFC 3986")
    if "#" in uri and not may_have_fragment:
        raise UnfitURI("has a fragment")
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - it raises where the port is no port
    except ValueError:
        raise UnfitURI("is malformed") from None
    if parts.scheme != "https":
        raise UnfitURI("must begin with https://")
    if not parts.hostname:
        raise UnfitURI("names no host")
    if "@" in parts.netloc:
        raise UnfitURI("holds a user name")
