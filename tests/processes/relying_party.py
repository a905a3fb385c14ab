"""A relying party and the people before it, against programs that may be killed at any moment."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.browsing import Browser
from tests.processes.programs import CLIENT_SECRET, REDIRECT_URI, Installation


@dataclass
class SignIn:
    """One person's way through a sign-in, step by step; each step keeps what it was given."""

    installed: Installation
    browser: Browser
    person: str = "zhang-wei"
    wechat_code: str = ""
    callback_url: str = ""
    code: str = ""
    tokens: dict[str, Any] = field(default_factory=dict[str, Any])
    # Answers of the Token Endpoint to the code, in order
    redemptions: list[int] = field(default_factory=list[int])

    async def approve(self) -> None:
        """Begin at the bridge, approve at WeChat, and stop on the way back."""
        query = {
            "client_id": "rp",
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile email wechat",
            "state": "s",
            "nonce": "n",
        }
        page = await self.browser.open(f"{self.installed.url}/authorize?{urlencode(query)}")
        wechat = await self.browser.click(page, "wechat-login")
        sent = await self.browser.send(
            wechat, "approve", follow_redirects=False, person=self.person
        )
        self.callback_url = sent.headers["location"]
        self.wechat_code = parse_qs(urlsplit(self.callback_url).query)["code"][0]

    async def come_back(self) -> None:
        """Follow WeChat's redirection, and take the code from the bridge's."""
        answer = await self.browser.http.get(self.callback_url)
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith(f"{REDIRECT_URI}?"), answer.headers
        self.code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    async def redeem(self, port: int | None = None) -> int:
        """Redeem the code; return the status, 200 where it was still good."""
        answer = await self.browser.http.post(
            f"http://127.0.0.1:{port or self.installed.port}/token",
            data={
                "grant_type": "authorization_code",
                "code": self.code,
                "redirect_uri": REDIRECT_URI,
            },
            auth=("rp", CLIENT_SECRET),
        )
        self.redemptions.append(answer.status_code)
        if answer.status_code == 200:
            self.tokens = answer.json()
        else:
            assert answer.json()["error"] == "invalid_grant", answer.text
        return answer.status_code

    async def userinfo(self) -> dict[str, Any]:
        answer = await self.browser.http.get(
            f"{self.installed.url}/userinfo",
            headers={"Authorization": f"Bearer {self.tokens['access_token']}"},
        )
        assert answer.status_code == 200, answer.text
        claims: dict[str, Any] = answer.json()
        return claims

    async def complete(self) -> dict[str, Any]:
        """All steps: what UserInfo says about the person."""
        await self.approve()
        await self.come_back()
        assert await self.redeem() == 200
        return await self.userinfo()

    def confidential(self) -> set[str]:
        """What no log may hold."""
        return {
            *(self.wechat_code, self.code),
            *(self.tokens.get(name, "") for name in ("access_token", "id_token")),
            *(cookie.value or "" for cookie in self.browser.http.cookies.jar),
        } - {""}


@asynccontextmanager
async def a_browser() -> AsyncGenerator[Browser]:
    # Without the world's authorities, which take long to load: all is http here.
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx.AsyncClient(trust_env=False, timeout=30, verify=trust) as http:
        yield Browser(http)


@asynccontextmanager
async def signing_in(installed: Installation, person: str = "zhang-wei") -> AsyncGenerator[SignIn]:
    async with a_browser() as browser:
        yield SignIn(installed, browser, person)
