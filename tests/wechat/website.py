"""A website that sends its visitors to the simulated WeChat, on a loopback socket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.wechat.simulated_wechat import (
    APPID,
    OFFICIAL_ACCOUNT,
    ServedWeChat,
    served_alone,
    served_wechat,
)


@dataclass
class Website:
    """A website with a callback. ``seen`` are the codes that came, ``html`` is its first page."""

    wechat: ServedWeChat
    origin: str = ""
    html: str = ""
    seen: list[str] = field(default_factory=list[str])

    async def home(self, _request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><title>Website</title>{self.html}")

    async def callback(self, request: Request) -> Response:
        self.seen.append(request.query_params.get("code", ""))
        await asyncio.sleep(0.2)
        return HTMLResponse("<!doctype html><title>Welcome</title>")

    def url(self, path: str, appid: str, scope: str, **more: str) -> str:
        asked = {
            "appid": appid,
            "redirect_uri": f"{self.origin}/callback",
            "response_type": "code",
            "scope": scope,
            "state": "Az09",
        }
        return f"{self.wechat.origin}/connect/{path}?{urlencode(asked | more)}"

    def qrconnect(self, **more: str) -> str:
        return self.url("qrconnect", APPID, "snsapi_login", **more)

    def authorize(self, scope: str = "snsapi_userinfo", **more: str) -> str:
        return self.url("oauth2/authorize", OFFICIAL_ACCOUNT, scope, **more)


@asynccontextmanager
async def served_website() -> AsyncGenerator[Website]:
    async with AsyncExitStack() as opened:
        wechat = await opened.enter_async_context(served_wechat())
        for appid in (APPID, OFFICIAL_ACCOUNT):
            wechat.simulator.applications.change(appid, callback_domain=None)
        site = Website(wechat)
        routes = [Route("/", site.home), Route("/callback", site.callback)]
        site.origin = await opened.enter_async_context(served_alone(Starlette(routes=routes)))
        yield site
