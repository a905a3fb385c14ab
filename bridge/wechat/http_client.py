"""The HTTP client that speaks to WeChat.

WeChat wants the AppSecret, the code and the access token in the query string. So whatever could
write an address down is silenced before the first request. And a code is good for one exchange, so
that nothing is sent a second time unasked.
"""

import ssl
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from yarl import URL

from bridge.connecting import send_once, silence_clients, trust
from bridge.wechat.proxy import Proxy

# Seconds that a connection is kept for the next call. Short: a code that is sent over one which the
# other side is just about to close may be lost, and is never sent again.
KEPT = 4.0

# Bytes. While twice as many wait to be read, no more is taken from the network, nor unpacked.
_AHEAD = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect (with the look-up of the name, and TLS), to answer, for a whole sign-in.

    And how many sign-ins may be at WeChat at once.
    """

    connect: float = 3
    answer: float = 5
    total: float = 10
    at_once: int = 100


class HttpClient:
    """Use ``open_http_client``."""

    def __init__(self, session: aiohttp.ClientSession, proxy: Proxy | None) -> None:
        self._session = session
        self._proxy = proxy.url if proxy else None
        self._proxy_headers = proxy.headers if proxy else None

    def get(self, url: URL) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send one GET, and read no further than the headers.

        What fails, also in reading on, is an aiohttp.ClientError, and may hold the address.
        """
        return self._session.get(
            url, allow_redirects=False, proxy=self._proxy, proxy_headers=self._proxy_headers
        )


@asynccontextmanager
async def open_http_client(
    limits: Limits, ca_file: Path | None, proxy: Proxy | None = None
) -> AsyncGenerator[HttpClient]:
    """Open a client, and close its connections at the end.

    No proxy but this one and no password from the environment, no redirects, no cookies kept.
    ``ca_file`` is trusted beside the well-known authorities. Raises OSError or ssl.SSLError where
    it cannot be read.
    """
    silence_clients()
    async with _session(trust(ca_file), limits) as session:
        yield HttpClient(session, proxy)


def _session(context: ssl.SSLContext, limits: Limits) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit=limits.at_once, keepalive_timeout=KEPT),
        trust_env=False,
        # One person's upstream cookies must not travel with another person's request.
        cookie_jar=aiohttp.DummyCookieJar(),
        # ``connect`` is the whole way to a connection, the name's look-up and TLS with it; for one
        # of others' nobody waits, there are as many as calls. No total: that is of a sign-in.
        timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect, sock_read=limits.answer),
        read_bufsize=_AHEAD,
        middlewares=(send_once,),
    )
