"""Response types and modes.

OAuth 2.0 Multiple Response Type Encoding Practices 1.0, OAuth 2.0 Form Post Response Mode 1.0.
"""

from typing import Literal

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest, UnauthorizedClient, UnsupportedResponseType
from bridge.oidc.parameters import Parameters

ResponseMode = Literal["query", "fragment", "form_post"]

RESPONSE_MODES_SUPPORTED: tuple[ResponseMode, ...] = ("query", "fragment", "form_post")

FROM_THE_FRONT = frozenset({"token", "id_token"})

# ``token`` alone is no OpenID Connect (Core §3), and RFC 9700 §2.1.2 wants it forgotten.
RESPONSE_TYPES_SUPPORTED = (
    "code",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
)


def ordered(response_type: str) -> str:
    """The order of its values does not matter (RFC 6749 §3.1.1): return the one that we use."""
    return " ".join(sorted(response_type.split(" ")))


def is_front_channel(response_type: str) -> bool:
    """Whether the authorization endpoint itself gives a token: the grant type implicit."""
    return not FROM_THE_FRONT.isdisjoint(response_type.split(" "))


def read_response_type(parameters: Parameters, client: Client) -> frozenset[str]:
    """Return its values; raise UnsupportedResponseType, or UnauthorizedClient."""
    asked = ordered(parameters.required("response_type"))
    if asked not in RESPONSE_TYPES_SUPPORTED:
        raise UnsupportedResponseType("response_type is none that is supported")
    if asked not in map(ordered, client.response_types):
        raise UnauthorizedClient("the client is not registered for this response_type")
    return frozenset(asked.split(" "))


def response_mode(parameters: Parameters) -> ResponseMode:
    """By which way an answer goes, whatever else is wrong with the request.

    Without ``response_mode``, or with one that is refused, it is that of the response type.
    """
    response_type = parameters.values.get("response_type", "")
    implied: ResponseMode = "fragment" if is_front_channel(response_type) else "query"
    for mode in RESPONSE_MODES_SUPPORTED:
        if parameters.values.get("response_mode") == mode and not _leaks(mode, implied):
            return mode
    return implied


def check_response_mode(parameters: Parameters) -> None:
    """Raise InvalidRequest for a mode that is unknown, or would put a token into a log."""
    asked = parameters.get("response_mode")
    if asked is not None and asked != response_mode(parameters):
        raise InvalidRequest("response_mode is unknown, or unfit for this response_type")


def _leaks(mode: ResponseMode, implied: ResponseMode) -> bool:
    """Multiple Response Types §5: tokens do not travel in a query."""
    return mode == "query" and implied == "fragment"
