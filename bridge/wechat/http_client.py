"""The HTTP client that speaks to WeChat.

WeChat wants the AppSecret, the code and the access token in the query string. So whatever could
write an address down is silenced before the first request: the ``httpx`` logger writes each one
at INFO. And a code is good for one exchange, so that nothing is sent a second time unasked.
"""

import ssl
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bridge.connecting import send_once, silence_clients, trust
from bridge.wechat.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect (with the look-up of the name, and TLS), to answer, for a whole sign-in.

    And how many sign-ins may be at WeChat at once.
    """

    connect: float = 3
    answer: float = 5
    total: float = 10
    at_once: int = 100


def create_http_client(
    limits: Limits, ca_file: Path | None, proxy: Proxy | None = None
) -> httpx.AsyncClient:
    """Make the client: no proxy but this one, no redirects, no cookies kept.

    ``ca_file`` is trusted beside the well-known authorities. Raises OSError or ssl.SSLError
    where it cannot be read. What fails in a request is an httpx.HTTPError.
    """
    silence_clients()
    context = trust(ca_file)
    client = httpx.AsyncClient(
        # The context is given twice: without it the transport would make one of its own.
        transport=_Transport(
            verify=context,
            client=lambda: _session(context, limits.at_once),
            proxy=httpx.Proxy(proxy.url, headers=proxy.headers) if proxy else None,
        ),
        # ``pool`` is what the transport takes for the whole way to a connection, the name's look-up
        # with it; for a connection of others' nobody waits, there are as many as calls.
        timeout=httpx.Timeout(limits.answer, connect=limits.connect, pool=limits.connect),
        trust_env=False,
        follow_redirects=False,
    )
    # One person's upstream cookies must not travel with another person's request.
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client


class _Transport(AiohttpTransport):
    """Tells every failure in the words of httpx. As of httpx-aiohttp 0.2 some pass untold.

    Among them ``aiohttp.ClientResponseError``, for what is no HTTP; its text is the address.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError("not an answer in HTTP") from error


# Seconds that a connection is kept for the next call. Short: a code that is sent over one which the
# other side is just about to close may be lost, and is never sent again.
KEPT = 4.0


def _session(context: ssl.SSLContext, at_once: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit=at_once, keepalive_timeout=KEPT),
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(send_once,),
    )
