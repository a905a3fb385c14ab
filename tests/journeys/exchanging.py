"""An app on a phone, and a mini program: how they come by WeChat's codes, and hand them in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bridge.oidc.client import Client
from tests.world import PERSON, Clock, Plan, World, world

APP, GAME, PROGRAM = "wx00000000000000aa", "wx00000000000000ab", "wx00000000000000ac"

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
MOBILE_CODE = "urn:wechat-oidc:token-type:mobile-code"
MINI_PROGRAM_CODE = "urn:wechat-oidc:token-type:mini-program-code"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"

SCOPE = ("openid", "profile", "email", "wechat", "offline_access")

# Beside the application for browsers: two apps on phones and a mini program
NATIVE = {
    "BRIDGE_WECHAT_2_KIND": "mobile",
    "BRIDGE_WECHAT_2_CLIENT_ID": APP,
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "2" * 32,
    "BRIDGE_WECHAT_3_KIND": "mini_program",
    "BRIDGE_WECHAT_3_CLIENT_ID": PROGRAM,
    "BRIDGE_WECHAT_3_CLIENT_SECRET": "3" * 32,
    "BRIDGE_WECHAT_4_KIND": "mobile",
    "BRIDGE_WECHAT_4_CLIENT_ID": GAME,
    "BRIDGE_WECHAT_4_CLIENT_SECRET": "4" * 32,
}


@asynccontextmanager
async def native_world(
    folder: Path,
    clock: Clock,
    settings: dict[str, str] | None = None,
    tls: Path | None = None,
) -> AsyncGenerator[World]:
    plan = Plan(settings=NATIVE | (settings or {}), tls=tls)
    async with world(folder, clock, plan) as opened:
        yield opened


@dataclass(frozen=True)
class NativeApp:
    """A client that hands in codes, a public one unless it is registered otherwise."""

    world: World
    client: Client

    @property
    def client_id(self) -> str:
        return self.client.client_id

    def code(
        self, person: str = PERSON, *, appid: str = APP, scope: str = "snsapi_userinfo"
    ) -> str:
        """What WeChat gives to the app when the person approves, or to a mini program unasked."""
        now = self.world.clock.now
        return self.world.simulator.grants.issue_code(
            appid=appid, person=person, scope=scope, now=now
        )

    async def hand_in(self, code: str, **changed: str | None) -> httpx.Response:
        """Exchange a code of the app's own application unless ``changed`` says otherwise."""
        asked: dict[str, str | None] = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": code,
            "subject_token_type": MOBILE_CODE,
            "scope": " ".join(SCOPE),
        }
        return await self.post("/token", asked | changed)

    async def post(self, path: str, form: dict[str, str | None]) -> httpx.Response:
        asked = {"client_id": self.client_id} | form
        sent = {name: value for name, value in asked.items() if value is not None}
        return await self.world.browser.http.post(f"{self.world.bridge_url}{path}", data=sent)

    async def sign_in(self, person: str = PERSON, **changed: str | None) -> dict[str, Any]:
        """Return the answer to a code that is good."""
        response = await self.hand_in(self.code(person), **changed)
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    async def refresh(self, refresh_token: str) -> httpx.Response:
        form: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        return await self.post("/token", form)


async def native_app(a_world: World, **members: Any) -> NativeApp:
    """Register an app on phones that hands in the codes of one application."""
    known: dict[str, Any] = {
        "client_id": "app",
        "client_secret_hash": None,
        "redirect_uris": (),
        "grant_types": ("authorization_code", TOKEN_EXCHANGE),
        "scope": SCOPE,
        "wechat_applications": (APP,),
    }
    return NativeApp(a_world, await a_world.register(**known | members))


def refused(response: httpx.Response, error: str, status: int = 400) -> bool:
    """Whether this is an error of RFC 6749 §5.2, and holds nothing else."""
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"error", "error_description"}
    assert response.json()["error_description"].isascii()
    return (response.status_code, response.json()["error"]) == (status, error)
