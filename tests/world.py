"""A whole world on loopback: a simulated WeChat, the bridge, and a relying party.

They are the real programs over real sockets; only the clock is the test's.
"""

import json
import secrets
import socket
import ssl
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.app import Chance, check_accounts_are_wechats, create_app, open_provider
from bridge.config import Settings, read_settings
from bridge.demo import create_relying_party
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.pkce import s256
from bridge.provider import Provider
from bridge.wechat.simulator import Kind, SimulatedApplication, Simulator
from keys import KEYS_FILE, KeyDirectory, KeyPolicy
from tests.browsing import Browser, Page
from tests.serving import bound, bound_for_long, port_of, served

APPID = "wx0123456789abcdef"
APP_SECRET = "0123456789abcdef0123456789abcdef"
SECRETS = "s" * 43
CLIENT_SECRET = "relying-party-secret"
PERSON = "zhang-wei"
HOUR = 3_600

# What a relying party of the tests redirects to: nobody listens, nothing follows it there.
REDIRECT_URI = "http://127.0.0.1:9/callback?kept=1"


@dataclass
class Clock:
    """A clock that a test winds by hand. It starts at the real time, for strangers judge us."""

    now: int = field(default_factory=lambda: int(time.time()))  # noqa: TID251 - see above
    # How long somebody would have slept by it
    slept: list[float] = field(default_factory=list[float])

    def __call__(self) -> int:
        return self.now

    def wind(self, seconds: int) -> None:
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in a test."""
        self.slept.append(seconds)


@dataclass
class World:
    """What a journey needs. ``url`` names are origins, without a trailing slash."""

    folder: Path
    clock: Clock
    settings: Settings
    provider: Provider
    simulator: Simulator
    bridge_url: str
    wechat_url: str
    relying_party_url: str
    browser: Browser
    trust: ssl.SSLContext
    # What a test does while the bridge waits for the answer to a path of WeChat's, or to a path and
    # an appid with a space between
    while_at_wechat: dict[str, Callable[[], Awaitable[None]]]

    @asynccontextmanager
    async def another_browser(self) -> AsyncGenerator[Browser]:
        async with new_browser(self.trust) as browser:
            yield browser

    # The demo, written with Authlib, as the relying party

    async def sign_in(self, person: str = PERSON, browser: Browser | None = None) -> dict[str, Any]:
        """Sign in at the demo and return the claims that it verified."""
        page = await self.arrive(person, browser)
        claims: dict[str, Any] = json.loads(page.text("claims"))
        return claims

    async def arrive(self, person: str = PERSON, browser: Browser | None = None) -> Page:
        """Go sign-in → approve, and return the page on which that ends."""
        browser = browser or self.browser
        page = await self.at_wechat(browser)
        return await browser.click(page, "approve", person=person)

    async def at_wechat(self, browser: Browser | None = None) -> Page:
        browser = browser or self.browser
        home = await browser.open(f"{self.relying_party_url}/")
        sign_in = await browser.click(home, "sign-in" if home.has("sign-in") else "sign-in-again")
        return await browser.click(sign_in, "wechat-login")

    # A relying party played by the test

    async def register(self, **members: Any) -> Client:
        """Register a client of the test's own and return it."""
        members.setdefault("client_id", "rp")
        members.setdefault("client_secret_hash", token_hash(CLIENT_SECRET))
        members.setdefault("redirect_uris", (REDIRECT_URI,))
        client = Client(client_name="Relying Party", **members)
        assert await self.provider.store.add_client(client, now=self.clock.now)
        return client

    def authorization_url(self, **changed: str | None) -> str:
        asked: dict[str, str | None] = {
            "client_id": "rp",
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile email",
            "state": "the state",
            "nonce": "the nonce",
        }
        sent = {name: value for name, value in (asked | changed).items() if value is not None}
        return f"{self.bridge_url}/authorize?{urlencode(sent)}"

    async def answer(
        self, person: str = PERSON, *, browser: Browser | None = None, **changed: str | None
    ) -> dict[str, str]:
        """Sign in for the test's client; return the parameters of the Authorization Response."""
        response = await self.callback(person, browser=browser, **changed)
        return parameters_of(response)

    async def callback(
        self, person: str = PERSON, *, browser: Browser | None = None, **changed: str | None
    ) -> httpx.Response:
        """Sign in for the test's client; return the bridge's own answer to the callback."""
        browser = browser or self.browser
        url = await self.callback_url(person, browser=browser, **changed)
        return await browser.http.get(url)

    async def callback_url(
        self, person: str = PERSON, *, browser: Browser | None = None, **changed: str | None
    ) -> str:
        """Sign in at WeChat and return where WeChat sends the browser, without going there.

        Who is signed in already does so again.
        """
        changed.setdefault("prompt", "login")
        browser = browser or self.browser
        page = await browser.open(self.authorization_url(**changed))
        wechat = await browser.click(page, "wechat-login")
        approved = await browser.send(wechat, "approve", follow_redirects=False, person=person)
        return approved.headers["location"]

    async def redeem(self, code: str, **changed: str | None) -> httpx.Response:
        """Redeem a code with client_secret_basic."""
        asked: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
        }
        sent = {name: value for name, value in (asked | changed).items() if value is not None}
        return await self.browser.http.post(
            f"{self.bridge_url}/token", data=sent, auth=("rp", CLIENT_SECRET)
        )

    async def userinfo(self, access_token: str) -> httpx.Response:
        return await self.browser.http.get(
            f"{self.bridge_url}/userinfo", headers={"Authorization": f"Bearer {access_token}"}
        )


def parameters_of(response: httpx.Response) -> dict[str, str]:
    """The query and the fragment of a redirection, each parameter once."""
    location = response.headers["location"]
    assert location.startswith(REDIRECT_URI), location
    uri = urlsplit(location)
    told = "&".join(filter(None, (uri.query, uri.fragment)))
    pairs = parse_qs(told, strict_parsing=True)
    assert all(len(values) == 1 for values in pairs.values()), pairs
    return {name: values[0] for name, values in pairs.items()}


def claims_of(token: str) -> dict[str, Any]:
    """The payload of a JWT, unverified."""
    return _part(token, 1)


def header_of(token: str) -> dict[str, Any]:
    """The header of a JWT."""
    return _part(token, 0)


def _part(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    members: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return members


def without_signature(claims: Mapping[str, Any]) -> str:
    """A JWT with the algorithm none (RFC 7519 §6.1)."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, dict(claims)))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def pkce_pair() -> tuple[str, str]:
    """A code_verifier and its code_challenge."""
    code_verifier = secrets.token_urlsafe(32)
    return code_verifier, s256(code_verifier)


@asynccontextmanager
async def new_browser(trust: ssl.SSLContext) -> AsyncGenerator[Browser]:
    async with httpx.AsyncClient(trust_env=False, verify=trust) as http:
        yield Browser(http)


def no_trust() -> ssl.SSLContext:
    """For those who do not speak TLS: to load the well-known authorities takes a while."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Plan:
    """What a world is made of; everything has a default.

    ``settings`` are named as in the environment, without BRIDGE_; the simulated WeChat has the
    applications that they name.
    """

    settings: dict[str, str] = field(default_factory=dict[str, str])
    platform_account: str | None = "main"
    # A folder with ca.pem and server.pem (certificate and key): then all speak https
    tls: Path | None = None


@asynccontextmanager
async def world(folder: Path, clock: Clock, plan: Plan | None = None) -> AsyncGenerator[World]:
    """Open a world in ``folder``. Opened again in the same folder, it is the same after a restart.

    Ports are kept in the folder, too, since they are part of the issuer.
    """
    plan, ids = plan or Plan(), count(1)
    trust = no_trust()
    options: dict[str, Any] = {}
    scheme, ca = "http", None
    if plan.tls is not None:
        scheme, ca = "https", plan.tls / "ca.pem"
        trust = ssl.create_default_context(cafile=ca)
        options = {"ssl_certfile": plan.tls / "server.pem"}
    async with AsyncExitStack() as opened:
        listeners = [opened.enter_context(listener) for listener in _listeners(folder)]
        urls = [f"{scheme}://localhost:{port_of(listener)}" for listener in listeners]
        settings = _settings(folder, urls, plan, ca)
        _give_keys(settings, clock)
        chance = Chance(now=clock, random_bytes=secrets.token_bytes, sleep=clock.sleep)
        provider = await opened.enter_async_context(open_provider(settings, chance))
        await check_accounts_are_wechats(settings, provider.store)
        simulator = Simulator(
            _applications(settings, plan),
            now=clock,
            new_id=lambda: f"{secrets.token_urlsafe(8)}{next(ids)}",
        )
        relying_party = create_relying_party(
            issuer=urls[0],
            client_id="demo",
            client_secret=CLIENT_SECRET,
            base_url=urls[2],
            session_secret="t" * 32,
            stylesheet_url=f"{urls[0]}/static/style.css",
            ca_file=str(ca) if ca else None,
        )
        demo = Client(
            client_id="demo",
            client_name="Demo",
            client_secret_hash=token_hash(CLIENT_SECRET),
            redirect_uris=(f"{urls[2]}/callback",),
        )
        await provider.store.add_client(demo, now=clock.now)
        while_at_wechat: dict[str, Callable[[], Awaitable[None]]] = {}
        wechat = _interruptible(simulator.app(), while_at_wechat)
        apps: tuple[ASGIApp, ...] = (create_app(provider), wechat, relying_party)
        await opened.enter_async_context(served(*zip(apps, listeners, strict=True), **options))
        browser = await opened.enter_async_context(new_browser(trust))
        yield World(
            folder=folder,
            clock=clock,
            settings=settings,
            provider=provider,
            simulator=simulator,
            bridge_url=urls[0],
            wechat_url=urls[1],
            relying_party_url=urls[2],
            browser=browser,
            trust=trust,
            while_at_wechat=while_at_wechat,
        )


def _applications(settings: Settings, plan: Plan) -> list[SimulatedApplication]:
    """What WeChat knows: the first as it really is, the others as the settings name them."""
    first = SimulatedApplication(
        APPID,
        APP_SECRET,
        "localhost",
        platform_account=plan.platform_account,
        kind=Kind(settings.wechat[0].kind),
    )
    others = [
        SimulatedApplication(
            application.client_id,
            application.client_secret.get_secret_value(),
            "localhost",
            platform_account=application.platform_account,
            kind=Kind(application.kind),
        )
        for application in settings.wechat[1:]
    ]
    return [first, *others]


def _interruptible(app: ASGIApp, doings: Mapping[str, Callable[[], Awaitable[None]]]) -> ASGIApp:
    async def interrupted(scope: Scope, receive: Receive, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("ascii"))
        for name in (scope["path"], f"{scope['path']} {asked.get('appid', [''])[0]}"):
            if name in doings:
                await doings[name]()
        await app(scope, receive, send)

    return interrupted


@cache
def _keys_made_at(now: int) -> bytes:
    """A file of signing keys that the worlds of this process share: to make them takes a while."""
    with TemporaryDirectory() as folder:
        KeyDirectory(Path(folder), KeyPolicy()).ring(now)
        return (Path(folder) / KEYS_FILE).read_bytes()


# The tests of one process begin at about the same time; keys of then serve all of them.
_BEGUN_AT = int(time.time())  # noqa: TID251 - see Clock


def _give_keys(settings: Settings, clock: Clock) -> None:
    """Spare a new world the making of keys, unless it begins at a time of its own."""
    path = settings.keys_path
    if path is None or path.exists() or not 0 <= clock.now - _BEGUN_AT < HOUR:
        return
    path.mkdir(mode=0o700, parents=True)
    file = path / KEYS_FILE
    file.touch(mode=0o600)
    file.write_bytes(_keys_made_at(_BEGUN_AT))


def _listeners(folder: Path) -> list[socket.socket]:
    kept = folder / "ports.json"
    if kept.exists():
        return [bound(port) for port in json.loads(kept.read_text())]
    listeners = [bound_for_long() for _ in range(3)]
    kept.write_text(json.dumps([port_of(listener) for listener in listeners]))
    return listeners


def _settings(folder: Path, urls: list[str], plan: Plan, ca: Path | None) -> Settings:
    environ = {
        "BRIDGE_ISSUER": urls[0],
        "BRIDGE_DATABASE": f"sqlite://{folder / 'bridge.db'}",
        "BRIDGE_SECRETS": SECRETS,
        "BRIDGE_WECHAT_CLIENT_ID": APPID,
        "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET,
        "BRIDGE_API_HOSTS": urls[1],
        "BRIDGE_AUTHORIZE_HOST": urls[1],
        # A test does in a second what takes a developer hours.
        "BRIDGE_RATE_LIMITS_REGISTRATIONS_PER_ADDRESS": "off",
    }
    if ca is not None:
        environ["BRIDGE_CA_FILE"] = str(ca)
    return read_settings(None, environ | plan.settings, directory=folder)
