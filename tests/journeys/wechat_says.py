"""A WeChat that says of a code what a test wants, and a bridge with several applications there.

The simulator's people have the ids that WeChat would give them; here an id may be anybody's.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browsing import Browser, Page
from tests.journeys.exchanging import MINI_PROGRAM_CODE, MOBILE_CODE, TOKEN_EXCHANGE
from tests.serving import bound, port_of, served
from tests.world import (
    CLIENT_SECRET,
    REDIRECT_URI,
    Clock,
    Plan,
    World,
    claims_of,
    new_browser,
    world,
)

SCOPE = "openid profile wechat offline_access"

# The page that WeChat's own browser is shown, and no other
WITHIN_WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x1800323c)"
    " NetType/WIFI Language/zh_CN"
)
ON_A_DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class WeChatSays:
    """``by_code`` is what the token answer and the profile's say of each code."""

    by_code: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    numbers: Any = field(default_factory=lambda: count(1))

    def code_for(self, **said: Any) -> str:
        """Return a code that says this; what is None is left out."""
        code = f"code{next(self.numbers):028}"
        self.by_code[code] = {name: value for name, value in said.items() if value is not None}
        return code

    async def access_token(self, request: Request) -> Response:
        code = request.query_params["code"]
        return _answer({"access_token": code, "expires_in": 7200} | self.by_code[code])

    async def userinfo(self, request: Request) -> Response:
        said = self.by_code[request.query_params["access_token"]]
        return _answer({name: value for name, value in said.items() if name != "is_snapshotuser"})

    async def session_of_code(self, request: Request) -> Response:
        said = self.by_code[request.query_params["js_code"]]
        return _answer({"session_key": "kept to ourselves"} | said)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/sns/oauth2/access_token", self.access_token),
                Route("/sns/userinfo", self.userinfo),
                Route("/sns/jscode2session", self.session_of_code),
            ]
        )


def _answer(said: Mapping[str, Any]) -> Response:
    return Response(json.dumps(said), media_type="text/plain")


@dataclass
class Applications:
    """A world whose WeChat says what it is told to. A client is called like its application."""

    world: World
    wechat: WeChatSays

    async def register(self, appid: str) -> None:
        """Register a client for each application: it has the AppID as its name."""
        await self.world.register(
            client_id=appid,
            wechat_applications=(appid,),
            scope=tuple(SCOPE.split()),
            grant_types=("authorization_code", TOKEN_EXCHANGE),
        )

    async def came(
        self,
        client_id: str,
        *,
        browser: Browser | None = None,
        asked: Mapping[str, str] | None = None,
        **said: Any,
    ) -> httpx.Response:
        """Come back from WeChat, which says this, to a client; return the bridge's answer."""
        browser = browser or self.world.browser
        page = await browser.open(self.url(client_id, **{"prompt": "login"} | dict(asked or {})))
        return await browser.http.get(
            f"{self.world.bridge_url}/callback/wechat",
            params={"code": self.wechat.code_for(**said), "state": state_on(page)},
        )

    def url(self, client_id: str, **asked: str) -> str:
        return self.world.authorization_url(client_id=client_id, **{"scope": SCOPE} | asked)

    async def claims(self, client_id: str, answer: httpx.Response) -> dict[str, Any]:
        """Redeem what was answered, and return the ID Token's claims."""
        location = answer.headers["location"]
        assert location.startswith(REDIRECT_URI), location
        code = parse_qs(urlsplit(location).query)["code"][0]
        return claims_of((await self.redeem(client_id, code))["id_token"])

    async def hand_in(self, client_id: str, kind: str, **said: Any) -> dict[str, Any]:
        """Exchange a code of an app or a mini program; return the token endpoint's answer."""
        return await self.token(
            client_id,
            grant_type=TOKEN_EXCHANGE,
            subject_token=self.wechat.code_for(**said),
            subject_token_type=MOBILE_CODE if kind == "mobile" else MINI_PROGRAM_CODE,
            scope=SCOPE,
        )

    async def redeem(self, client_id: str, code: str) -> dict[str, Any]:
        return await self.token(
            client_id, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI
        )

    async def token(self, client_id: str, **form: str) -> dict[str, Any]:
        """Ask the token endpoint, as this client."""
        response = await self.world.browser.http.post(
            f"{self.world.bridge_url}/token", data=form, auth=(client_id, CLIENT_SECRET)
        )
        members: dict[str, Any] = response.json()
        return members


def state_on(page: Page) -> str:
    """By which name WeChat is to send the person back from here."""
    return parse_qs(urlsplit(page.link("wechat-login")).query)["state"][0]


@asynccontextmanager
async def applications(
    folder: Path, clock: Clock, *named: Mapping[str, str], **settings: str
) -> AsyncGenerator[Applications]:
    """Open it, with these tables ``wechat`` of the settings; each has a client of its own."""
    environ = {f"BRIDGE_{name.upper()}": value for name, value in settings.items()}
    for number, table in enumerate(named, 1):
        prefix = "BRIDGE_WECHAT_" if number == 1 else f"BRIDGE_WECHAT_{number}_"
        environ |= {f"{prefix}{name.upper()}": value for name, value in table.items()}
    wechat = WeChatSays()
    with bound() as listener:
        environ["BRIDGE_API_HOSTS"] = f"http://127.0.0.1:{port_of(listener)}"
        async with (
            served((wechat.app(), listener)),
            world(folder, clock, Plan(settings=environ)) as opened,
        ):
            made = Applications(opened, wechat)
            for table in named:
                await made.register(table["client_id"])
            yield made


@asynccontextmanager
async def browser_of(a_world: World, user_agent: str) -> AsyncGenerator[Browser]:
    async with new_browser(a_world.trust) as browser:
        browser.http.headers["User-Agent"] = user_agent
        yield browser
