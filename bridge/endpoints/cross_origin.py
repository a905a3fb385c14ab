"""Which scripts of other origins may read answers: the CORS protocol of the Fetch standard.

Cookies are never part of it: what a script may do here, it does with a token or as its client.
"""

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge.oidc.client import Client
from bridge.oidc.redirect_uri import origins

# Where clients that run in a browser ask.
PATHS = frozenset({"/token", "/userinfo", "/revoke", "/par"})

PREFLIGHT = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Authorization, Content-Type",
    "access-control-max-age": "600",
}

FAILED = 400


def readable_by(request: Request, client: Client) -> None:
    """Let scripts of this client's own origins read the answer."""
    request.state.origins = origins(client.redirect_uris)


class CrossOrigin:
    """Adds what a browser wants to see before it shows an answer to a script.

    A preflight names no client, and its answer holds nothing, so any origin may ask; the same goes
    for errors. Everything else is for the origins of the client's redirect URIs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if scope["method"] == "OPTIONS" and origin and "access-control-request-method" in headers:
            await _allow(send, origin)
            return
        scope.setdefault("state", {})

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(raw=message["headers"])
                told.add_vary_header("Origin")
                known: frozenset[str] = scope["state"].get("origins", frozenset())
                if origin and (message["status"] >= FAILED or origin in known):
                    told["access-control-allow-origin"] = origin
                    told["access-control-expose-headers"] = (
                        "Retry-After, WWW-Authenticate, X-Request-ID"
                    )
            await send(message)

        await self._app(scope, receive, send_on)


async def _allow(send: Send, origin: str) -> None:
    told = {**PREFLIGHT, "access-control-allow-origin": origin, "vary": "Origin"}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
