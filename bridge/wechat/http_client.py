"""The HTTP client that speaks to WeChat.

WeChat wants the AppSecret, the code and the access token in the query string. So whatever could
write an address down is switched off here, before the first request: the ``httpx`` logger writes
each one at INFO, and an HTTP client's exceptions carry the request.
"""

import logging
import ssl
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

for _name in ("httpx", "httpcore", "aiohttp.client", "aiohttp.internal"):
    logging.getLogger(_name).disabled = True

# Enough for a busy minute; the rest waits its turn within the total time.
MOST_CONNECTIONS = 100


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, and for a whole sign-in."""

    connect: float = 3
    answer: float = 5
    total: float = 10


def create_http_client(timeouts: Timeouts, ca_file: Path | None) -> httpx.AsyncClient:
    """Make the client: no proxy from the environment, no redirects, no cookies kept.

    ``ca_file`` is trusted beside the well-known authorities. Raises OSError or ssl.SSLError
    where it cannot be read.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    client = httpx.AsyncClient(
        transport=AiohttpTransport(client=lambda: _session(context)),
        timeout=httpx.Timeout(timeouts.answer, connect=timeouts.connect),
        trust_env=False,
        follow_redirects=False,
    )
    # One person's upstream cookies must not travel with another person's request.
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client


def _session(context: ssl.SSLContext) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=context, limit=MOST_CONNECTIONS)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
