"""How the doctor asks a server: bounded in time and size, and without following it elsewhere."""

import httpx

from bridge.config import Settings
from bridge.wechat import Limits, Proxy, create_http_client

LARGEST_ANSWER = 262_144

# What a proxy answers while nobody is behind it: bad gateway, unavailable, timeout.
NOBODY_BEHIND = (502, 503, 504)


async def get_of_wechat(settings: Settings, url: str) -> httpx.Response:
    """As ``get``, by the way on which the bridge reaches WeChat."""
    return await get(settings, url, proxy=settings.proxy)


async def get(settings: Settings, url: str, *, proxy: Proxy | None = None) -> httpx.Response:
    """Return the status, the Date and the body of the answer; raises httpx.HTTPError."""
    limits = Limits(settings.wechat_connect_timeout, settings.wechat_answer_timeout)
    async with create_http_client(limits, settings.ca_file, proxy) as http:
        async with http.stream("GET", url) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise httpx.DecodingError("the answer is too large", request=answer.request)
        told = {"date": answer.headers.get("date", "")}
        return httpx.Response(answer.status_code, headers=told, content=bytes(body))
