"""The single-page app of ``single_page.mjs``, on an origin of its own."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tests.strangers.missing import FOLDER, NODE_MODULES

FILES = {
    "/single_page.mjs": FOLDER / "single_page.mjs",
    "/oidc-client-ts.min.js": NODE_MODULES / "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
}


def single_page_app(issuer: str, client_id: str, url: str) -> Starlette:
    """A public client; all else is as oidc-client-ts has it by itself."""
    settings = {
        "authority": issuer,
        "client_id": client_id,
        "redirect_uri": f"{url}/callback",
        "post_logout_redirect_uri": f"{url}/signed-out",
        "scope": "openid profile email",
        "loadUserInfo": True,
    }

    async def page(request: Request) -> Response:
        return FileResponse(FILES.get(request.url.path, FOLDER / "single_page.html"))

    async def told(_request: Request) -> Response:
        return JSONResponse(settings)

    return Starlette(routes=[Route("/settings.json", told), Route("/{path:path}", page)])


@dataclass
class SinglePage:
    """The app as it stands open in Chromium."""

    page: Page
    url: str

    async def open(self) -> None:
        await self.page.goto(self.url)
        await self.ready()

    async def sign_in(self, **asked: str) -> dict[str, Any] | None:
        """Go to WeChat and back; return the claims that it then knows."""
        await self.open()
        await self.page.evaluate(f"void manager.signinRedirect({json.dumps(asked)})")
        await self.page.click("#wechat-login")
        await self.page.select_option("#person", "zhang-wei")
        await self.page.click("#approve")
        return await self.claims()

    async def claims(self) -> dict[str, Any] | None:
        await self.ready()
        assert await self.page.inner_text("#error") == ""
        told: dict[str, Any] | None = json.loads(await self.page.inner_text("#user"))
        return told

    async def ready(self) -> None:
        """Wait until the page has done what its address asks for."""
        await self.page.wait_for_function("window.manager !== undefined")
