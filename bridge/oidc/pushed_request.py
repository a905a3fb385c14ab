"""Pushed Authorization Requests: RFC 9126.

A client that pushes its request is authenticated before any person sees it, and the browser carries
no more than a reference.
"""

import re
from collections.abc import Mapping

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest, InvalidRequestUri

URN = "urn:ietf:params:oauth:request_uri:"

# §7.1: nobody guesses 256 random bits
REFERENCE = re.compile(r"[A-Za-z0-9_-]{43}")


# A long state, the longest claims and a hint fit. A public client is known by its name alone, so
# that anybody can have its requests stored: compressed they may be nothing, as rows they are not.
LARGEST = 16_384


def check_size(parameters: Mapping[str, str]) -> None:
    """Raise InvalidRequest where there is more than one request needs."""
    if sum(len(text) for text in parameters.values()) > LARGEST:
        raise InvalidRequest("the request is too long")


def request_uri_of(reference: str) -> str:
    """§2.2: the form that RFC 6755 registers for OAuth."""
    return URN + reference


def pushed_reference(request_uri: str) -> str | None:
    """Return the reference in a ``request_uri`` of ours; None where it is a URL of the client's.

    Raises InvalidRequestUri where it has our form, and nothing that we gave out could look so.
    """
    if not request_uri.startswith(URN):
        return None
    reference = request_uri.removeprefix(URN)
    if not REFERENCE.fullmatch(reference):
        raise unknown_reference()
    return reference


def unknown_reference() -> InvalidRequestUri:
    """§4: unknown, expired, used, or another client's; which of them is told to nobody."""
    return InvalidRequestUri("request_uri is unknown, expired, used, or of another client")


def check_pushed(client: Client, *, is_pushed: bool) -> None:
    """§6: raise InvalidRequest where the client has to push its requests, and did not."""
    if client.require_pushed_authorization_requests and not is_pushed:
        raise InvalidRequest("this client has to push its requests")


def pushed_response(reference: str, *, lifetime: int) -> dict[str, str | int]:
    """§2.2: ``lifetime`` is in seconds."""
    return {"request_uri": request_uri_of(reference), "expires_in": lifetime}
