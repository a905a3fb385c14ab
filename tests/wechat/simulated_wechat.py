"""A simulated WeChat on a loopback socket, and a browser that goes there."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.types import ASGIApp

from bridge.wechat.simulator import SimulatedApplication, Simulator
from tests.serving import bound, port_of, served

APPID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"
OTHER_APPID = "wxfedcba9876543210"
APPLICATIONS = (
    SimulatedApplication(APPID, SECRET, "id.example.com"),
    SimulatedApplication(OTHER_APPID, "other-secret"),
)
ASKED = {
    "appid": APPID,
    "redirect_uri": "https://id.example.com/callback/wechat",
    "response_type": "code",
    "scope": "snsapi_login",
    "state": "Az09",
}


@dataclass
class WoundClock:
    """A clock that a test winds by hand."""

    now: int = 1_700_000_000

    def __call__(self) -> int:
        return self.now

    def wind(self, seconds: int) -> None:
        self.now += seconds


@asynccontextmanager
async def served_alone(app: ASGIApp) -> AsyncGenerator[str]:
    """Serve an ASGI application in this event loop; the value is its origin."""
    with bound() as listener:
        async with served((app, listener)):
            yield f"http://127.0.0.1:{port_of(listener)}"


@dataclass
class ServedWeChat:
    """``browser`` goes to it; ``origin`` is where it is served."""

    origin: str
    simulator: Simulator
    clock: WoundClock
    browser: httpx.AsyncClient
    asked: dict[str, str] = field(default_factory=lambda: dict(ASKED))

    async def page(self, **changed: str | None) -> httpx.Response:
        return await self.browser.get("/connect/qrconnect", params=self._asked(changed))

    async def answer(
        self, person: str = "zhang-wei", choice: str = "approve", /, **changed: str | None
    ) -> httpx.Response:
        return await self.browser.post(
            "/connect/qrconnect",
            params=self._asked(changed),
            data={"person": person, "answer": choice},
        )

    async def code(self, person: str = "zhang-wei", /, **changed: str | None) -> str:
        response = await self.answer(person, **changed)
        return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]

    async def call(self, path: str, **parameters: str) -> dict[str, Any]:
        response = await self.browser.get(path, params=parameters)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    async def exchange(self, code: str, **changed: str) -> dict[str, Any]:
        asked = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}
        return await self.call("/sns/oauth2/access_token", **(asked | {"code": code} | changed))

    async def tokens(self, person: str = "zhang-wei") -> dict[str, Any]:
        return await self.exchange(await self.code(person))

    async def userinfo(self, tokens: dict[str, Any], **changed: str) -> dict[str, Any]:
        asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
        return await self.call("/sns/userinfo", **(asked | changed))

    def _asked(self, changed: dict[str, str | None]) -> dict[str, str]:
        return {name: value for name, value in (self.asked | changed).items() if value is not None}


@asynccontextmanager
async def served_wechat() -> AsyncGenerator[ServedWeChat]:
    clock, ids = WoundClock(), count(1)
    simulator = Simulator(APPLICATIONS, now=clock, new_id=lambda: f"id{next(ids)}")
    async with (
        served_alone(simulator.app()) as base_url,
        # An empty context: nothing here speaks TLS, and to load the certificates takes a while.
        httpx.AsyncClient(
            base_url=base_url, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ) as browser,
    ):
        yield ServedWeChat(base_url, simulator, clock, browser)
