"""A simulated WeChat on a loopback socket, and a browser that goes there."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import trustme
from starlette.types import ASGIApp

from bridge.wechat.simulator import Kind, SimulatedApplication, Simulator
from tests.serving import bound, port_of, served

APPID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"
OTHER_APPID = "wxfedcba9876543210"
OFFICIAL_ACCOUNT = "wx00000000000000aa"
MOBILE = "wx00000000000000bb"
MINI_PROGRAM = "wx00000000000000cc"
APPLICATIONS = (
    SimulatedApplication(APPID, SECRET, "id.example.com"),
    SimulatedApplication(OTHER_APPID, "other-secret"),
    SimulatedApplication(OFFICIAL_ACCOUNT, SECRET, "id.example.com", kind=Kind.OFFICIAL_ACCOUNT),
    SimulatedApplication(MOBILE, SECRET, kind=Kind.MOBILE),
    SimulatedApplication(MINI_PROGRAM, SECRET, kind=Kind.MINI_PROGRAM),
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
    slept: list[float] = field(default_factory=list[float])

    def __call__(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in a test."""
        self.slept.append(seconds)

    def wind(self, seconds: int) -> None:
        self.now += seconds


class Form(HTMLParser):
    """What a browser without JavaScript finds on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.ids: dict[str, dict[str, str]] = {}
        self.hidden: dict[str, str] = {}
        self.options: list[str] = []
        self.selected: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "form":
            self.form = attributes
        if tag == "option":
            self.options.append(attributes["value"])
        if "selected" in attributes:
            self.selected.append(attributes["value"])
        if attributes.get("type") == "hidden":
            self.hidden[attributes["name"]] = attributes["value"]
        if name := attributes.get("id"):
            self.ids[name] = attributes | {"tag": tag}


@asynccontextmanager
async def served_alone(app: ASGIApp, **options: Any) -> AsyncGenerator[str]:
    """Serve an ASGI application in this event loop; the value is its origin."""
    scheme = "https" if options else "http"
    with bound() as listener:
        async with served((app, listener), **options):
            yield f"{scheme}://127.0.0.1:{port_of(listener)}"


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

    async def send(self, **fields: str) -> httpx.Response:
        """Send the form with these fields."""
        return await self.browser.post("/connect/qrconnect", params=self.asked, data=fields)

    async def code(self, person: str = "zhang-wei", /, **changed: str | None) -> str:
        response = await self.answer(person, **changed)
        return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]

    def code_for(
        self, appid: str, *, scope: str = "snsapi_userinfo", person: str = "zhang-wei"
    ) -> str:
        """A code as an application of any kind gets it, without the page."""
        return self.simulator.grants.issue_code(
            appid=appid, person=person, scope=scope, now=self.clock.now
        )

    async def call(self, path: str, **parameters: str) -> dict[str, Any]:
        response = await self.browser.get(path, params=parameters)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    async def exchange(self, code: str, **changed: str) -> dict[str, Any]:
        asked = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}
        return await self.call("/sns/oauth2/access_token", **(asked | {"code": code} | changed))

    async def session(self, js_code: str, **changed: str) -> dict[str, Any]:
        asked = {"appid": MINI_PROGRAM, "secret": SECRET, "grant_type": "authorization_code"}
        return await self.call("/sns/jscode2session", **(asked | {"js_code": js_code} | changed))

    async def tokens(self, person: str = "zhang-wei") -> dict[str, Any]:
        return await self.exchange(await self.code(person))

    async def userinfo(self, tokens: dict[str, Any], **changed: str) -> dict[str, Any]:
        asked = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
        return await self.call("/sns/userinfo", **(asked | changed))

    def _asked(self, changed: dict[str, str | None]) -> dict[str, str]:
        return {name: value for name, value in (self.asked | changed).items() if value is not None}


@asynccontextmanager
async def served_wechat(*, tls: bool = False) -> AsyncGenerator[ServedWeChat]:
    clock, ids = WoundClock(), count(1)
    simulator = Simulator(
        APPLICATIONS, now=clock, new_id=lambda: f"id{next(ids)}", sleep=clock.sleep
    )
    # An empty context unless needed: to load the certificates takes a while.
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    options: dict[str, Any] = {}
    with ExitStack() as opened:
        if tls:
            authority = trustme.CA()
            trust.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
            chain = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
            options["ssl_certfile"] = opened.enter_context(chain.tempfile())
        async with (
            served_alone(simulator.app(), **options) as base_url,
            httpx.AsyncClient(base_url=base_url, trust_env=False, verify=trust) as browser,
        ):
            yield ServedWeChat(base_url, simulator, clock, browser)
