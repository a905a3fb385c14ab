"""Redirection endpoints: RFC 6749 §3.1.2, RFC 9700 §2.1, RFC 8252 §7.

What a client registers is checked once, here; what a request names is then compared as text.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from bridge.oidc.client import ApplicationType
from bridge.oidc.https_uri import URI_CHARACTERS

# Schemes that a browser would run or read instead of leaving.
DANGEROUS_SCHEMES = frozenset(
    {"about", "blob", "data", "file", "filesystem", "javascript", "mailto", "vbscript", "ws", "wss"}
)

# What an answer adds (RFC 6749 §4.1.2, RFC 9207 §2); twice, a client would have to refuse it.
RESPONSE_PARAMETERS = frozenset({"code", "state", "iss", "error", "error_description"})

# RFC 8252 §7.3:
#   http://127.0.0.1:{port}/{path}
#   http://[::1]:{port}/{path}
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?([/?].*)?")


# RFC 6454 §6.2: what an origin does not name
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class UnfitRedirectURI(ValueError):
    """It cannot be registered; the message says why, in one line of ASCII."""


def check_redirect_uri(redirect_uri: str) -> None:
    """Raise UnfitRedirectURI unless a client may register it."""
    if not URI_CHARACTERS.fullmatch(redirect_uri):
        raise UnfitRedirectURI("a redirect URI holds only the characters of RFC 3986")
    if "#" in redirect_uri:  # RFC 6749 §3.1.2
        raise UnfitRedirectURI("a redirect URI has no fragment")
    try:
        uri = urlsplit(redirect_uri)
        uri.port  # noqa: B018 - it raises where the port is no port
    except ValueError:
        raise UnfitRedirectURI("the redirect URI is malformed") from None
    taken = sorted(RESPONSE_PARAMETERS & query_names(redirect_uri))
    if taken:
        raise UnfitRedirectURI(
            f"the query of a redirect URI cannot hold {taken[0]}: the answer does"
        )
    if not uri.scheme or uri.scheme in DANGEROUS_SCHEMES:
        raise UnfitRedirectURI("a redirect URI is absolute: https, http or the scheme of an app")
    if uri.scheme in {"http", "https"}:
        _check_authority(uri)
    elif "." not in uri.scheme:
        # RFC 8252 §7.1: the app's own domain, reversed, keeps other apps from taking it
        raise UnfitRedirectURI("an app's scheme is a reversed domain name, such as com.example.app")


def _check_authority(uri: SplitResult) -> None:
    if not uri.hostname:
        raise UnfitRedirectURI("the redirect URI names no host")
    if "@" in uri.netloc:
        raise UnfitRedirectURI("a redirect URI holds no user name")


def is_insecure(redirect_uri: str) -> bool:
    """RFC 9700 §2.6: whether a code would travel in the clear, beyond this machine."""
    return urlsplit(redirect_uri).scheme == "http" and not LOOPBACK.fullmatch(redirect_uri)


def is_registered(
    redirect_uri: str, registered: tuple[str, ...], application_type: ApplicationType
) -> bool:
    """RFC 9700 §2.1: exact string matching, but for the port of a native client on loopback."""
    if redirect_uri in registered:
        return True
    if application_type != "native":
        return False
    asked = LOOPBACK.fullmatch(redirect_uri)
    if asked is None:
        return False
    candidates = (LOOPBACK.fullmatch(known) for known in registered)
    return any(known is not None and known.groups() == asked.groups() for known in candidates)


@lru_cache(maxsize=256)  # of the same clients again and again
def origins(redirect_uris: tuple[str, ...]) -> frozenset[str]:
    """Return the origins of the pages that these addresses are part of (RFC 6454 §6.2)."""
    pages = (urlsplit(uri) for uri in redirect_uris)
    return frozenset(
        f"{page.scheme}://{page.netloc.lower().removesuffix(DEFAULT_PORTS[page.scheme])}"
        for page in pages
        if page.scheme in DEFAULT_PORTS
    )


def query_names(uri: str) -> frozenset[str]:
    """Return the names in the query of an address, however its pairs are separated."""
    query = urlsplit(uri).query.replace(";", "&")
    return frozenset(name for name, _ in parse_qsl(query, keep_blank_values=True))


def encoded(parameters: Mapping[str, str]) -> str:
    """Spaces are ``%20``: some consumers do not read ``+``."""
    return urlencode(parameters, quote_via=quote, safe="")


def with_query(uri: str, parameters: Mapping[str, str]) -> str:
    """Add to the query; what is registered is kept as it is (RFC 6749 §3.1.2)."""
    _, question_mark, query = uri.partition("?")
    joint = ("&" if query else "") if question_mark else "?"
    return uri + joint + encoded(parameters)
