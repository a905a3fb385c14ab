"""Where a client is told that somebody signed out.

OpenID Connect Front-Channel Logout 1.0 §2 and §3, OpenID Connect Back-Channel Logout 1.0 §2.2.
"""

import re
from urllib.parse import urlsplit

from bridge.oidc.https_uri import URI_CHARACTERS
from bridge.oidc.redirect_uri import LOOPBACK, origins, query_names, with_query

# What the page adds (Front-Channel Logout §3); twice, a client would have to refuse it.
ADDED = frozenset({"iss", "sid"})

# The page names the origin in its Content Security Policy, whose grammar (CSP3 §2.3.1) knows
# neither a user nor an IPv6 address, and ends where other characters of a host would begin.
FRAMED = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?].*)?")


class UnfitLogoutURI(ValueError):
    """It cannot be registered; the message says why, in one line of ASCII."""


def check_frontchannel_logout_uri(uri: str) -> None:
    """Raise UnfitLogoutURI unless a page of ours may hold it in a frame."""
    _check_uri(uri)
    if not FRAMED.fullmatch(uri):
        raise UnfitLogoutURI(
            "a front-channel logout URI is https and names its host by letters, digits,"
            " dots and hyphens"
        )
    if uri.startswith("http:") and not LOOPBACK.fullmatch(uri):
        raise UnfitLogoutURI("a front-channel logout URI is https, or http on loopback")
    taken = sorted(ADDED & query_names(uri))
    if taken:
        raise UnfitLogoutURI(
            f"the query of a front-channel logout URI cannot hold {taken[0]}: we add it"
        )


def check_shares_origin(uri: str, redirect_uris: tuple[str, ...]) -> None:
    """Front-Channel Logout §2: scheme, host and port are those of a redirect URI.

    Raises UnfitLogoutURI. For clients that nobody has looked at; an operator knows their sites.
    """
    if not origins((uri,)) & origins(redirect_uris):
        raise UnfitLogoutURI(
            "a front-channel logout URI has scheme, host and port of a redirect URI"
        )


def check_backchannel_logout_uri(uri: str) -> None:
    """Raise UnfitLogoutURI unless a logout token may be posted there."""
    _check_uri(uri)
    address = urlsplit(uri)
    if address.scheme != "https" or not address.hostname or "@" in address.netloc:
        raise UnfitLogoutURI("a back-channel logout URI is https and holds no user name")


def _check_uri(uri: str) -> None:
    if not URI_CHARACTERS.fullmatch(uri):
        raise UnfitLogoutURI("a logout URI holds only the characters of RFC 3986")
    if "#" in uri:
        raise UnfitLogoutURI("a logout URI has no fragment")
    try:
        urlsplit(uri).port  # noqa: B018 - it raises where the port is no port
    except ValueError:
        raise UnfitLogoutURI("the logout URI is malformed") from None


def frontchannel_logout_url(uri: str, *, issuer: str, sid: str) -> str:
    """What the page loads (Front-Channel Logout §3), whether or not the client requires both."""
    return with_query(uri, {"iss": issuer, "sid": sid})
