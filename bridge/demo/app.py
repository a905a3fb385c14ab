"""The demo's four addresses: a page, the way out to the provider, the way back, the end."""

import json
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bridge.demo.client import OpenIDClient, SignInFailed
from bridge.demo.pages import Pages

SESSION_LIFETIME: Final = 28_800
# Browsers keep 4,096 bytes a cookie; base64 and the signature take a quarter of them.
LARGEST_SESSION: Final = 2_900


def create_relying_party(  # noqa: PLR0913  what a relying party is told at its registration
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    base_url: str,
    session_secret: str,
    stylesheet_url: str,
    ca_file: str | None = None,
) -> Starlette:
    """Return the demo as an ASGI application.

    `base_url` is its own origin, without a trailing slash: ``{base_url}/callback`` is the
    redirect URI to register. `session_secret` signs its cookie. `ca_file` names the certificates
    to trust where the issuer's is not publicly trusted. The issuer may start later than the demo.
    """
    demo = _Demo(
        OpenIDClient(issuer, client_id, client_secret, ca_file), Pages(stylesheet_url), base_url
    )
    return Starlette(
        routes=[
            Route("/", demo.home),
            Route("/sign-in", demo.sign_in),
            Route("/callback", demo.callback),
            Route("/sign-out", demo.sign_out, methods=["POST"]),
        ],
        middleware=[
            Middleware(
                SessionMiddleware,
                secret_key=session_secret,
                session_cookie="demo-session",
                max_age=SESSION_LIFETIME,
                # Lax: a form on another site signs nobody out.
                same_site="lax",
                https_only=base_url.startswith("https://"),
            )
        ],
    )


class _Demo:
    def __init__(self, client: OpenIDClient, pages: Pages, base_url: str) -> None:
        self._client = client
        self._pages = pages
        self._base_url = base_url

    async def home(self, request: Request) -> Response:
        signed_in: dict[str, Any] | None = request.session.get("signed_in")
        if signed_in is None:
            return self._pages.signed_out(request)
        return self._pages.signed_in(request, **signed_in)

    async def sign_in(self, request: Request) -> Response:
        """Send the person to the provider; ``?prompt=login`` asks who they are once more."""
        prompt = "login" if request.query_params.get("prompt") == "login" else None
        try:
            return await self._client.authorization_redirect(
                request, f"{self._base_url}/callback", prompt
            )
        except SignInFailed as failure:
            return self._pages.failed(request, failure)

    async def callback(self, request: Request) -> Response:
        """Take the Authorization Response (RFC 6749 §4.1.2)."""
        try:
            signed_in = await self._client.redeem(request)
            _check_size(signed_in)
        except SignInFailed as failure:
            return self._pages.failed(request, failure)
        request.session.clear()
        request.session["signed_in"] = signed_in
        return RedirectResponse(f"{self._base_url}/", status_code=303)

    async def sign_out(self, request: Request) -> Response:
        """End the demo's own session, and no other."""
        request.session.clear()
        return RedirectResponse(f"{self._base_url}/", status_code=303)


def _check_size(signed_in: dict[str, Any]) -> None:
    if len(json.dumps(signed_in)) > LARGEST_SESSION:
        raise SignInFailed(
            "claims_too_large", "this demo keeps the claims in a cookie, and they do not fit"
        )
