"""How parameters are taken from a request: raw, so that ``bridge.oidc`` can judge them.

A framework's form would keep the last of two values and guess at what is not UTF-8.
"""

from fastapi import Request

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters, read_parameters
from bridge.pages import choose_language

LARGEST_FORM = 65_536

FORM = "application/x-www-form-urlencoded"


def query_parameters(request: Request) -> Parameters:
    encoded: bytes = request.scope["query_string"]
    return read_parameters(encoded)


def is_form(request: Request) -> bool:
    """RFC 9110 §8.3.1: in any case, and with or without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


async def form_parameters(request: Request) -> Parameters:
    """Read the body of a POST; raise InvalidRequest where it is no form, or too large."""
    if not is_form(request):
        raise InvalidRequest(f"content type must be {FORM}")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            raise InvalidRequest("the form is too large")
    return read_parameters(bytes(body))


async def request_parameters(request: Request) -> Parameters:
    """Where GET and POST are one: the query of the one, the form of the other."""
    if request.method == "POST":
        return await form_parameters(request)
    return query_parameters(request)


def language_of(request: Request, ui_locales: str | None = None) -> str:
    """Return the language of pages for this person."""
    return choose_language(request.headers.get("accept-language"), ui_locales)
