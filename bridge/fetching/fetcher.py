"""One exchange with a stranger's server, bounded in size, time and number."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import aiohttp

from bridge.connecting import send_once, silence_clients, trust
from bridge.fetching.addresses import Allowed
from bridge.fetching.answers import Answer, Answers, Wanted, failure, success
from bridge.fetching.errors import FetchFailed
from bridge.fetching.lookup import CheckedResolver, Lookup, SystemLookup
from bridge.fetching.url import read_url
from bridge.telemetry import Event, emit

USER_AGENT = "wechat-oidc-bridge"
LARGEST_ANSWER = 65_536
MOST_CONNECTIONS = 100
AT_ONCE_FOR_A_CLIENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a fetcher goes: whom it asks, whom it trusts, how long it waits in all (seconds)."""

    allowed: Allowed
    ca_file: Path | None = None
    deadline: float = 5

    @classmethod
    def read(cls, entries: Iterable[str], *, ca_file: Path | None, deadline: float = 5) -> "Reach":
        """``entries`` are the host names and networks that pass although they are not public."""
        return cls(allowed=Allowed.read(entries), ca_file=ca_file, deadline=deadline)


class Fetcher:
    """GET and POST to URLs that clients supply. Use ``open_fetcher``."""

    def __init__(
        self, session: aiohttp.ClientSession, reach: Reach, now: Callable[[], int]
    ) -> None:
        self._session = session
        self._reach = reach
        self._now = now
        self._answers = Answers()
        self._flights: dict[Wanted, asyncio.Task[Answer]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def get(self, url: str, *, client_id: str, fresh: bool = False) -> bytes:
        """Return the body of a good answer; raise FetchFailed.

        It may be one of a former fetch. ``fresh`` asks again, unless that was just now.
        """
        wanted = (client_id, url)
        answer = self._answers.find(wanted, now=self._now(), fresh=fresh)
        return (answer or await self._join(wanted, fresh=fresh)).content()

    async def attempt(self, url: str, *, client_id: str, fresh: bool = False) -> bytes | None:
        """As ``get``, for whom it is the same why there is nothing; the log knows."""
        try:
            return await self.get(url, client_id=client_id, fresh=fresh)
        except FetchFailed:
            return None

    async def post_form(self, url: str, form: Mapping[str, str], *, client_id: str) -> int:
        """Post a form and return the status of the answer; raise FetchFailed."""
        async with self._exchange("POST", (client_id, url), form) as response:
            return response.status

    async def close(self) -> None:
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._session.close()

    async def _join(self, wanted: Wanted, *, fresh: bool) -> Answer:
        """Take part in the fetch of the same that is under way, or begin it."""
        flight = self._flights.get(wanted)
        if flight is None:
            flight = asyncio.create_task(self._fetch(wanted, fresh=fresh))
            self._flights[wanted] = flight
            flight.add_done_callback(lambda _: self._flights.pop(wanted, None))
        # Whoever gives up leaves the others their answer.
        return await asyncio.shield(flight)

    async def _fetch(self, wanted: Wanted, *, fresh: bool) -> Answer:
        try:
            async with self._exchange("GET", wanted) as response:
                body = await _body(response)
                cache_control = ",".join(response.headers.getall("Cache-Control", ()))
            answer = success(body, cache_control, now=self._now())
        except FetchFailed as failed:
            answer = failure(str(failed), now=self._now())
        return self._answers.keep(wanted, answer, now=self._now(), fresh=fresh)

    @asynccontextmanager
    async def _exchange(
        self, method: str, wanted: Wanted, form: Mapping[str, str] | None = None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send one request in this client's turn; all within the deadline. Raise FetchFailed."""
        client_id, text = wanted
        host = None
        try:
            url = read_url(text, self._reach.allowed)
            host = url.raw_host
            async with (
                asyncio.timeout(self._reach.deadline),
                self._turn(client_id),
                self._session.request(method, url, data=form, allow_redirects=False) as response,
            ):
                yield response
        # "from None", because the libraries' texts hold the address
        except FetchFailed as failed:
            reason = str(failed)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's server brings about
            reason = _reason(error)
        else:
            return
        emit(Event.FETCH_FAILED, logging.WARNING, client_id=client_id, host=host, cause=reason)
        raise FetchFailed(reason) from None

    def _turn(self, client_id: str) -> asyncio.Semaphore:
        """Two at a time, so that nobody has us ask a third party a hundred times at once."""
        turn = self._turns.get(client_id)
        if turn is None:
            turn = self._turns[client_id] = asyncio.Semaphore(AT_ONCE_FOR_A_CLIENT)
        return turn


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if 300 <= response.status < 400:  # noqa: PLR2004
        raise FetchFailed("a redirect")
    if response.status != 200:  # noqa: PLR2004
        raise FetchFailed(f"status {response.status}")
    # What was asked for is plain; what is unpacked may be a thousand times as large.
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("a compressed answer")
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise FetchFailed("too large an answer")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Say in words of our own what went wrong on the way."""
    match error:
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorCertificateError():
            return "the certificate is not trusted"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "TLS failed"
        case aiohttp.ClientConnectorError():
            return "no connection"
        case aiohttp.ClientError() | OSError():
            return "the connection broke, or the answer is no HTTP"
        case _:
            return f"an unforeseen {type(error).__name__}"


@asynccontextmanager
async def open_fetcher(
    reach: Reach, *, now: Callable[[], int], lookup: Lookup | None = None
) -> AsyncGenerator[Fetcher]:
    """Open a fetcher and close it at the end.

    No proxy and no password from the environment, no redirects, no cookies; each connection is
    new. Raises OSError or ssl.SSLError where ``ca_file`` cannot be used.
    """
    silence_clients()
    system = SystemLookup()
    connector = aiohttp.TCPConnector(
        ssl=trust(reach.ca_file),
        resolver=CheckedResolver(lookup or system, reach.allowed),
        use_dns_cache=False,
        force_close=True,
        limit=MOST_CONNECTIONS,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        middlewares=(send_once,),
    )
    fetcher = Fetcher(session, reach, now)
    try:
        yield fetcher
    finally:
        await fetcher.close()
        system.close()
