"""What the values of variables look like, and the address of a consumer."""

import re
from urllib.parse import urlsplit

from bridge.oidc.redirect_uri import LOOPBACK
from bridge.presets.errors import UnfitPreset

# What is printed is copied into shells and files of all kinds: nothing here means anything there.
PATH_CHARACTER = r"(?:[A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2})"

#   scheme "://" host [ ":" port ] [ path ]                             RFC 3986 §3
BASE_URL = re.compile(
    rf"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?(?:/{PATH_CHARACTER}*)?"
)

#   label   = 1*63( ALPHA / DIGIT / "-" )                               RFC 1034 §3.5
#   segment = 1*( unreserved / pct-encoded )                            RFC 3986 §2.3
FORMS = {
    "label": (re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"), "one word"),
    "lower": (re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"), "one word"),
    "segment": (
        re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2}){1,200}"),
        "one word of an address (letters, digits and . _ ~ -, others as %20)",
    ),
    "host": (
        re.compile(r"(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+"),
        "a host name without https:// and without a path",
    ),
    "path": (
        re.compile(rf"/{PATH_CHARACTER}{{0,500}}"),
        "a path that begins with a slash",
    ),
    "scheme": (
        re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+"),
        "a domain name of yours, reversed, in lower case",
    ),
}


def read_value(name: str, value: str, *, form: str, example: str) -> str:
    """Return the value of a variable as it stands in addresses; raise UnfitPreset."""
    pattern, described = FORMS[form]
    if not pattern.fullmatch(value):
        raise UnfitPreset(f"{name} is {described}, such as {example}, and not {value!r}")
    return value.lower() if form == "lower" else value


def read_base_url(url: str, *, example: str) -> str:
    """Return a consumer's own address without a slash at the end; raise UnfitPreset."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - it raises where the port is no port
    except ValueError:
        raise UnfitPreset(f"the address {url!r} is malformed") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise UnfitPreset(f"the address is that of the app, such as {example}, and not {url!r}")
    if "?" in url or "#" in url:
        raise UnfitPreset(f"the address ends before the query, such as {example}, and not {url!r}")
    if not BASE_URL.fullmatch(url):
        raise UnfitPreset(f"the address {url!r} holds what no address of an app holds")
    if parts.scheme == "http" and not LOOPBACK.fullmatch(url):
        raise UnfitPreset(
            "the address is https, or http on this machine: codes would travel in the clear to"
            f" {url}"
        )
    return url.rstrip("/")
