"""A person's browser, or a relying party's own connection: cheap, so that it is not in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp


class Unexpected(AssertionError):
    """An answer that no sign-in goes on from: what was measured would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    text: str


@dataclass(slots=True)
class Browser:
    """Keeps the cookies of one origin by name, and comes from ``address``, behind a proxy."""

    http: aiohttp.ClientSession
    address: str
    user_agent: str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0"
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    async def get(self, url: str, *, status: int = 302) -> Answer:
        return await self._send("GET", url, status, None)

    async def post(self, url: str, form: Mapping[str, str], *, status: int = 303) -> Answer:
        return await self._send("POST", url, status, form)

    async def _send(
        self, method: str, url: str, status: int, form: Mapping[str, str] | None
    ) -> Answer:
        headers = {"User-Agent": self.user_agent, "X-Forwarded-For": self.address}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        async with self.http.request(
            method, url, headers=headers, data=form, allow_redirects=False
        ) as response:
            text = await response.text()
            for name, morsel in response.cookies.items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
            location = response.headers.get("Location", "")
        if response.status != status:
            raise Unexpected(f"{method} {url}: {response.status} {location} {text[:500]}")
        return Answer(response.status, location, text)
