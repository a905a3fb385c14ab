"""How parameters are taken from a request: raw, so that ``bridge.oidc`` can judge them.

A framework's form would keep the last of two values and guess at what is not UTF-8.
"""

from fastapi import Request
from starlette.requests import ClientDisconnect

from bridge.oidc.client_metadata import ClientMetadata, read_client_metadata
from bridge.oidc.errors import BodyTooLarge, InvalidRequest
from bridge.oidc.parameters import Parameters, read_parameters
from bridge.pages import choose_language

LARGEST_BODY = 65_536

TOO_LARGE = "the body is larger than 64 KB"

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def query_parameters(request: Request) -> Parameters:
    encoded: bytes = request.scope["query_string"]
    return read_parameters(encoded)


def is_form(request: Request) -> bool:
    return _media_type(request) == FORM


async def form_parameters(request: Request) -> Parameters:
    """Read the body of a POST; raise InvalidRequest where it is no form."""
    return read_parameters(await _body(request, FORM))


async def client_metadata(request: Request) -> ClientMetadata:
    """Read a JSON object; raise InvalidRequest, or InvalidClientMetadata where it is none."""
    return read_client_metadata(await _body(request, JSON))


async def _body(request: Request, media_type: str) -> bytes:
    if _media_type(request) != media_type:
        raise InvalidRequest(f"content type must be {media_type}")
    return await bounded_body(request)


async def bounded_body(request: Request) -> bytes:
    """Read a body of whatever media type; raise BodyTooLarge, before it has come where it says so.

    Raises InvalidRequest where it breaks off.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > LARGEST_BODY:
        raise BodyTooLarge(TOO_LARGE)
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                raise BodyTooLarge(TOO_LARGE)
    except ClientDisconnect:
        raise InvalidRequest("the body breaks off") from None
    return bytes(body)


def _media_type(request: Request) -> str:
    """RFC 9110 §8.3.1: in any case, and with or without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def request_parameters(request: Request) -> Parameters:
    """Where GET and POST are one: the query of the one, the form of the other."""
    if request.method == "POST":
        return await form_parameters(request)
    return query_parameters(request)


def language_of(request: Request, ui_locales: str | None = None) -> str:
    """Return the language of pages for this person."""
    return choose_language(request.headers.get("accept-language"), ui_locales)
