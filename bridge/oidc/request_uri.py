"""Requests by reference: OpenID Connect Core 1.0 §6.2, RFC 9101 §5.2."""

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequestUri


def registered_request_uri(request_uri: str, client: Client) -> str:
    """Return where to fetch the request object, once it is sure that the client registered it.

    The fragment is no part of where it is: it may hold a hash of what was there when it was
    registered (Core §6.2), and may be another now. Raises InvalidRequestUri.
    """
    address = request_uri.partition("#")[0]
    if address not in {known.partition("#")[0] for known in client.request_uris}:
        raise InvalidRequestUri("request_uri is not registered for this client")
    return address


def fetched_request_object(body: bytes) -> str:
    """Return the request object that was found there; a line's end after it is no part of it."""
    try:
        return body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise InvalidRequestUri("what is at request_uri is no request object") from None
