"""Resource Indicators: RFC 8707.

A client that is registered for protected resources may name those that an access token is to be
for. Of a client that is not, the parameter is ignored: several libraries send it to everybody.
"""

from urllib.parse import urlsplit

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidTarget


class UnfitResource(ValueError):
    """No client may be registered for this; the message is the end of a sentence about it."""


def check_resource(resource: str) -> None:
    """§2: "an absolute URI", and "it MUST NOT include a fragment component"."""
    if not resource.isascii() or not resource.isprintable() or " " in resource:
        raise UnfitResource("it holds ASCII without spaces only")
    try:
        uri = urlsplit(resource)
    except ValueError:
        raise UnfitResource("it is no URI") from None
    if not uri.scheme or not (uri.netloc or uri.path):
        raise UnfitResource("it is an absolute URI, https://api.example.com for example")
    if "#" in resource:
        raise UnfitResource("it has no fragment")


def requested_resources(asked: tuple[str, ...], client: Client) -> tuple[str, ...]:
    """What an authorization request asks for (§2.1); raises InvalidTarget."""
    if not client.resources:
        return ()
    if not set(asked) <= set(client.resources):
        raise InvalidTarget("resource is not registered for this client")
    return tuple(dict.fromkeys(asked))


def token_resources(
    asked: tuple[str, ...], granted: tuple[str, ...], client: Client
) -> tuple[str, ...]:
    """What the new access token is for (§2.2): all that was granted, or the part that is asked for.

    Raises InvalidTarget, also where nothing is left: a token for a resource must not become one for
    anything else.
    """
    allowed = tuple(resource for resource in granted if resource in client.resources)
    if granted and not allowed:
        raise InvalidTarget("the client may no longer have tokens for this resource")
    wanted = requested_resources(asked, client)
    if not set(wanted) <= set(allowed):
        raise InvalidTarget("resource exceeds what was granted")
    return wanted or allowed
