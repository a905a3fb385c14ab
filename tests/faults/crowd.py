"""Many people who sign in at once, and the relying party before which they do: it trusts nobody."""

import asyncio
import secrets
import ssl
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from bridge.oidc.pkce import s256
from tests.browsing import Browser, Page
from tests.processes.programs import CLIENT_SECRET, REDIRECT_URI

# Seconds after which a person has no answer at all
PATIENCE = 60

T = TypeVar("T")

SCOPE = "openid profile offline_access"


class Violation(AssertionError):
    """What must never happen, whatever fails."""


class Refused(Exception):
    """No: an error that was told, or a connection that was lost."""


@dataclass
class Visit:
    """One person's sign-in: what they and the relying party were given on the way."""

    person: str
    browser: Browser
    client_id: str = "rp"
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    code: str | None = None
    # Answers of the token endpoint to the code; None: there was none
    redemptions: list[int | None] = field(default_factory=list[int | None])
    tokens: dict[str, Any] | None = None
    subject: str | None = None
    refusal: str | None = None

    @property
    def was_answered(self) -> bool:
        """Whether the browser came back with a code, so that it has a session."""
        return self.code is not None


@dataclass
class RelyingParty:
    """``url`` is the issuer's. It knows by ``subjects`` who each person is, once it saw them."""

    url: str
    subjects: dict[str, str] = field(default_factory=dict[str, str])
    keys: KeySet | None = None
    slowest: float = 0
    # How many came back with a code; who waits for a number of them is told
    answered: int = 0
    waiting: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])

    async def until_answered(self, number: int) -> None:
        """Wait until so many have come back with a code."""
        if self.answered < number:
            await self.waiting.setdefault(number, asyncio.Event()).wait()

    async def fetch_keys(self) -> None:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(trust_env=False, verify=trust, timeout=PATIENCE) as http:
            answer = await http.get(f"{self.url}/jwks")
        self.keys = KeySet.import_key_set(answer.json())

    async def know_key(self, id_token: str) -> None:
        """Fetch the keys again where the token's is not among them, as relying parties do."""
        kid = jws.extract_compact(id_token.encode()).headers()["kid"]
        assert self.keys is not None
        if all(key.kid != kid for key in self.keys.keys):
            await self.fetch_keys()

    def authorization_url(self, visit: Visit, **more: str) -> str:
        asked = {
            "client_id": visit.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": SCOPE,
            "state": visit.nonce,
            "nonce": visit.nonce,
            "code_challenge": s256(visit.code_verifier),
            "code_challenge_method": "S256",
        }
        return f"{self.url}/authorize?{urlencode(asked | more)}"

    async def sign_in(self, visit: Visit, *, twice: bool = False) -> None:
        """Go all the way, or as far as it goes; ``twice``: the code is redeemed by two at once."""
        try:
            await self._reach_code(visit)
            await self.redeem(visit, at_once=2 if twice else 1)
            await self._ask_userinfo(visit)
        except Refused as refused:
            visit.refusal = str(refused)

    async def _reach_code(self, visit: Visit) -> None:
        browser = visit.browser
        page = await self._answered(browser.open(self.authorization_url(visit)))
        wechat = await self._clicked(browser, page, "wechat-login")
        if not wechat.has("approve"):
            raise Refused("the page of WeChat")
        sent = browser.send(wechat, "approve", follow_redirects=False, person=visit.person)
        back = await self._answered(sent)
        if back.status_code not in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}:
            raise Refused(f"WeChat {back.status_code}")
        answer = await self._answered(browser.http.get(back.headers["location"]))
        visit.code = self.code_in(visit, answer)
        self.answered += 1
        if event := self.waiting.get(self.answered):
            event.set()

    def code_in(self, visit: Visit, answer: httpx.Response) -> str:
        location: str = answer.headers.get("location", "")
        if not location.startswith(REDIRECT_URI):
            is_beginning = answer.status_code == HTTPStatus.OK and "wechat-login" in answer.text
            raise Refused(f"callback {'again' if is_beginning else answer.status_code}")
        told = parse_qs(urlsplit(location).query)
        if told["state"] != [visit.nonce]:
            raise Violation("another request's state")
        if "error" in told:
            raise Refused(f"callback {told['error'][0]}")
        return told["code"][0]

    async def redeem(self, visit: Visit, *, at_once: int = 1) -> None:
        answers = await asyncio.gather(*(self._redeemed(visit) for _ in range(at_once)))
        visit.redemptions += [None if answer is None else answer.status_code for answer in answers]
        good = [answer for answer in answers if answer is not None and answer.is_success]
        if visit.redemptions.count(HTTPStatus.OK) > 1:
            raise Violation(f"a code was redeemed {visit.redemptions} times")
        if not good:
            known = [answer for answer in answers if answer is not None]
            told = known[0] if known else None
            raise Refused(f"token {told.status_code if told is not None else 'lost'}")
        tokens: dict[str, Any] = good[0].json()
        await self.know_key(tokens["id_token"])
        visit.subject = self.check_id_token(visit, tokens["id_token"])
        visit.tokens = tokens

    async def _redeemed(self, visit: Visit) -> httpx.Response | None:
        form = {
            "grant_type": "authorization_code",
            "code": visit.code or "",
            "redirect_uri": REDIRECT_URI,
            "code_verifier": visit.code_verifier,
        }
        try:
            return await self._posted(visit, form)
        except Refused:
            return None

    async def _posted(self, visit: Visit, form: dict[str, str]) -> httpx.Response:
        post = visit.browser.http.post(
            f"{self.url}/token", data=form, auth=(visit.client_id, CLIENT_SECRET)
        )
        return await self._answered(post)

    def check_id_token(self, visit: Visit, id_token: str, *, nonce: bool = True) -> str:
        """Return whose it is; raise Violation where it is not what was asked for."""
        assert self.keys is not None
        claims = jwt.decode(id_token, self.keys, algorithms=["RS256"]).claims
        if (claims["iss"], claims["aud"]) != (self.url, visit.client_id):
            raise Violation("an ID Token for somebody else")
        if nonce and claims["nonce"] != visit.nonce:
            raise Violation("an ID Token of another request")
        self._check_person(visit, claims["sub"])
        subject: str = claims["sub"]
        return subject

    def _check_person(self, visit: Visit, subject: str) -> None:
        if self.subjects.setdefault(visit.person, subject) != subject:
            raise Violation("a token for the wrong person")

    async def _ask_userinfo(self, visit: Visit) -> None:
        if visit.redemptions.count(None) or len(visit.redemptions) > 1:
            return  # the second who came with the code has ended what it gave
        assert visit.tokens is not None
        bearer = {"Authorization": f"Bearer {visit.tokens['access_token']}"}
        asked = visit.browser.http.get(f"{self.url}/userinfo", headers=bearer)
        answer = await self._answered(asked)
        if answer.status_code != HTTPStatus.OK:
            raise Refused(f"userinfo {answer.status_code}")
        self._check_person(visit, answer.json()["sub"])

    # Afterwards

    async def is_signed_in(self, visit: Visit) -> bool:
        """Whether the browser's session still answers without a word, for the same person."""
        again = Visit(visit.person, visit.browser, visit.client_id)
        url = self.authorization_url(again, prompt="none")
        again.code = self.code_in(again, await self._answered(visit.browser.http.get(url)))
        await self.redeem(again)
        return again.subject == self.subjects[visit.person]

    async def refresh(self, visit: Visit) -> bool:
        """Whether the refresh token that was answered is still good."""
        assert visit.tokens is not None
        form = {"grant_type": "refresh_token", "refresh_token": visit.tokens["refresh_token"]}
        answer = await self._posted(visit, form)
        if answer.status_code != HTTPStatus.OK:
            raise Refused(f"refresh {answer.status_code}")
        await self.know_key(answer.json()["id_token"])
        self.check_id_token(visit, answer.json()["id_token"], nonce=False)
        return True

    # The wire

    async def _clicked(self, browser: Browser, page: Page, element_id: str) -> Page:
        if not page.has(element_id):
            raise Refused(f"{urlsplit(page.url).path} {page.response.status_code}")
        return await self._answered(browser.click(page, element_id))

    async def _answered(self, asked: Awaitable[T]) -> T:
        """What comes of it; Refused where the connection is lost."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            return await asked
        except httpx.TimeoutException:
            raise Violation("no answer at all") from None
        except httpx.TransportError as lost:
            raise Refused(type(lost).__name__) from None
        finally:
            self.slowest = max(self.slowest, loop.time() - started)


@asynccontextmanager
async def crowd(
    people: Sequence[str], client_ids: Sequence[str] = ("rp",)
) -> AsyncGenerator[list[Visit]]:
    """A browser for each person, which keeps its cookies."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    clients = [httpx.AsyncClient(trust_env=False, timeout=PATIENCE, verify=trust) for _ in people]
    try:
        yield [
            Visit(person, Browser(http), client_ids[number % len(client_ids)])
            for number, (person, http) in enumerate(zip(people, clients, strict=True))
        ]
    finally:
        await asyncio.gather(*(http.aclose() for http in clients))


def refusals(visits: Sequence[Visit]) -> Counter[str]:
    return Counter(visit.refusal for visit in visits if visit.refusal is not None)
