"""An app and one person before it, who come to a bridge in a container."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.browsing import Browser

# Nobody listens there, nothing follows a redirection to it.
CALLBACK = "http://127.0.0.1:9/callback"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"

SCOPE = "openid profile offline_access"

# As ``client add`` is told of it
REGISTRATION = (
    *("client", "add", "--client-id", "rp", "--name", "App", "--access", "anyone"),
    *("--redirect-uri", CALLBACK, "--post-logout-redirect-uri", SIGNED_OUT),
    *(word for scope in SCOPE.split() for word in ("--scope", scope)),
)


@dataclass
class App:
    """``tokens`` are the newest that it has."""

    issuer: str
    secret: str
    browser: Browser
    tokens: dict[str, Any] = field(default_factory=dict[str, Any])

    def authorization_url(self, **changed: str) -> str:
        asked = {
            "client_id": "rp",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": SCOPE,
            "state": "s",
            "nonce": "n",
        }
        return f"{self.issuer}/authorize?{urlencode(asked | changed)}"

    async def sign_in(self, person: str = "zhang-wei") -> dict[str, Any]:
        """Go all the way by WeChat; return what the verified ID Token says."""
        page = await self.browser.open(self.authorization_url())
        wechat = await self.browser.click(page, "wechat-login")
        sent = await self.browser.send(wechat, "approve", follow_redirects=False, person=person)
        answer = await self.browser.http.get(sent.headers["location"])
        return await self._redeem(_told(answer))

    async def sign_in_silently(self) -> dict[str, Any]:
        answer = await self.browser.http.get(self.authorization_url(prompt="none"))
        return await self._redeem(_told(answer))

    async def refusal_of_silence(self) -> str:
        answer = await self.browser.http.get(self.authorization_url(prompt="none"))
        return _told(answer)["error"]

    async def _redeem(self, told: dict[str, str]) -> dict[str, Any]:
        assert told["iss"] == self.issuer
        form = {
            "grant_type": "authorization_code",
            "code": told["code"],
            "redirect_uri": CALLBACK,
        }
        return await self._tokens(form)

    async def refresh(self) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        return await self._tokens(form)

    async def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        """Fetch tokens, and verify the ID Token as an app does that fetches the keys each time."""
        answer = await self.browser.http.post(
            f"{self.issuer}/token", data=form, auth=("rp", self.secret)
        )
        assert answer.status_code == 200, answer.text
        self.tokens |= answer.json()
        keys = KeySet.import_key_set(await self.jwks())
        claims: dict[str, Any] = jwt.decode(self.tokens["id_token"], keys).claims
        assert (claims["iss"], claims["aud"]) == (self.issuer, "rp")
        return claims

    async def jwks(self) -> Any:
        answer = await self.browser.http.get(f"{self.issuer}/jwks")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def userinfo(self) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        answer = await self.browser.http.get(f"{self.issuer}/userinfo", headers=bearer)
        assert answer.status_code == 200, answer.text
        claims: dict[str, Any] = answer.json()
        return claims

    async def sign_out(self) -> None:
        query = {
            "id_token_hint": self.tokens["id_token"],
            "post_logout_redirect_uri": SIGNED_OUT,
            "client_id": "rp",
        }
        answer = await self.browser.http.get(f"{self.issuer}/end_session?{urlencode(query)}")
        assert answer.status_code in {302, 303}, answer.text
        assert answer.headers["location"].startswith(SIGNED_OUT)

    async def everything(self) -> None:
        """Sign in, again without a word, refresh, ask who it is, and sign out."""
        who = (await self.sign_in())["sub"]
        assert (await self.userinfo())["sub"] == who
        assert (await self.sign_in_silently())["sub"] == who
        former = self.tokens["refresh_token"]
        assert (await self.refresh())["sub"] == who
        assert self.tokens["access_token"]
        assert self.tokens["refresh_token"] or former
        assert (await self.userinfo())["sub"] == who
        await self.sign_out()
        assert await self.refusal_of_silence() == "login_required"


def _told(answer: httpx.Response) -> dict[str, str]:
    location: str = answer.headers.get("location", "")
    assert location.startswith(f"{CALLBACK}?"), (answer.status_code, location, answer.text)
    return dict(parse_qsl(urlsplit(location).query, strict_parsing=True))


@asynccontextmanager
async def an_app(issuer: str, secret: str) -> AsyncGenerator[App]:
    # Without the world's authorities: all is http here.
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx.AsyncClient(trust_env=False, timeout=30, verify=trust) as http:
        yield App(issuer, secret, Browser(http))
