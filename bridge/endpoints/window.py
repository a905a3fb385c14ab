"""Whether it is the person's window that asks, and not something that would only use things up."""

import re

from fastapi import Request, Response

from bridge.endpoints.failures import Answered
from bridge.endpoints.reading import language_of
from bridge.pages import to_top_page
from bridge.provider import Provider

PURPOSES = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
AHEAD = re.compile(rb"\b(?:prefetch|prerender|preview)\b", re.IGNORECASE)

# Fetch Metadata: what browsers say of a navigation that is not the window's own
FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})


def check_window(request: Request, provider: Provider) -> None:
    """Raise Answered where a browser asks ahead of the person, or in a frame.

    A frame that another site leads here sends none of our cookies (``SameSite=Lax``), so the whole
    window is to ask for the same address.
    """
    if _is_ahead(request):
        raise Answered(Response(status_code=204))  # nobody has come yet
    if request.headers.get("sec-fetch-dest") not in FRAMES:
        return
    query = request.scope["query_string"].decode("latin-1")
    onward = f"{provider.issuer}{request.url.path}?{query}"
    raise Answered(to_top_page(language=language_of(request), onward=onward))


def _is_ahead(request: Request) -> bool:
    """Whether a browser fetches what it guesses that somebody may want.

    https://fetch.spec.whatwg.org/#sec-purpose-header and what browsers sent before it.
    """
    return any(AHEAD.search(value) for name, value in request.headers.raw if name in PURPOSES)
