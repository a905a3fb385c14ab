"""How the doctor asks a server: bounded in time and size, and without following it elsewhere."""

from dataclasses import dataclass

import aiohttp
from yarl import URL

from bridge.config import Settings
from bridge.wechat import Limits, Proxy, open_http_client

LARGEST_ANSWER = 262_144

# What a proxy answers while nobody is behind it: bad gateway, unavailable, timeout.
NOBODY_BEHIND = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Answer:
    """``date`` is the header, empty where there is none."""

    status: int
    date: str
    body: bytes

    @property
    def is_success(self) -> bool:
        return self.status in range(200, 300)


async def get_of_wechat(settings: Settings, url: str) -> Answer:
    """As ``get``, by the way on which the bridge reaches WeChat."""
    return await get(settings, url, proxy=settings.proxy)


async def get(settings: Settings, url: str, *, proxy: Proxy | None = None) -> Answer:
    """Return what is answered; raises aiohttp.ClientError."""
    limits = Limits(settings.wechat_connect_timeout, settings.wechat_answer_timeout)
    async with (
        open_http_client(limits, settings.ca_file, proxy) as http,
        http.get(URL(url, encoded=True)) as response,
    ):
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise aiohttp.ClientPayloadError("the answer is too large")
        return Answer(response.status, response.headers.get("Date", ""), bytes(body))
