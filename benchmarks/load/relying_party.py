"""A relying party that trusts nobody, and a person's sign-in there."""

import json
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from joserfc import jwt
from joserfc.jwk import KeySet

from benchmarks.load.browser import Browser, Unexpected
from benchmarks.load.job import CLIENT_SECRET, REDIRECT_URI, Job
from benchmarks.load.sites import Bridge, NodeOIDCProvider, site_named


@dataclass(slots=True)
class Visit:
    """One person at one relying party, with what they brought back."""

    person: str
    browser: Browser
    client_id: str
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    code: str = ""
    tokens: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def code_challenge(self) -> str:
        return _base64url(sha256(self.code_verifier.encode()).digest())


class RelyingParty:
    """Of all the clients that the job names, by what the provider publishes of itself."""

    def __init__(self, http: aiohttp.ClientSession, job: Job) -> None:
        self._http = http
        self._job = job
        self._site: Bridge | NodeOIDCProvider = site_named(job.site, in_wechat=job.in_wechat)
        self._keys = KeySet([])
        self._metadata = dict[str, Any]()

    async def discover(self) -> None:
        async with self._http.get(f"{self._job.url}/.well-known/openid-configuration") as answer:
            self._metadata = await answer.json()
        async with self._http.get(self._metadata["jwks_uri"]) as answer:
            self._keys = KeySet.import_key_set(await answer.json())

    def visit(self, number: int, browser: Browser | None = None) -> Visit:
        """Return the visit of the person with this number, each from an address of their own."""
        address = ".".join(map(str, (10 + (number >> 24), *number.to_bytes(4, "big")[1:])))
        client_ids = self._job.client_ids
        client_id = client_ids[number % len(client_ids)]
        return Visit(f"p{number}", browser or Browser(self._http, address), client_id)

    async def reach_code(self, visit: Visit) -> None:
        """Send the person to WeChat and back."""
        url = self._authorization_url(visit)
        answer = await self._site.reach_code(visit.browser, url, visit.person)
        visit.code = self._code_in(answer, visit)

    async def reach_code_silently(self, visit: Visit) -> None:
        """Ask whether the person is signed in still."""
        answer = await visit.browser.get(self._authorization_url(visit, prompt="none"))
        visit.code = self._code_in(answer.location, visit)

    async def redeem(self, visit: Visit) -> None:
        form = {
            "grant_type": "authorization_code",
            "code": visit.code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": visit.code_verifier,
        }
        visit.tokens = await self._post("token_endpoint", visit, form)
        self._check_id_token(visit, visit.nonce)

    async def refresh(self, visit: Visit) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": visit.tokens["refresh_token"]}
        visit.tokens = await self._post("token_endpoint", visit, form)
        self._check_id_token(visit, None)

    async def introspect(self, visit: Visit) -> None:
        form = {"token": visit.tokens["access_token"]}
        told = await self._post("introspection_endpoint", visit, form)
        if told.get("active") is not True:
            raise Unexpected(f"introspection: {told}")

    async def ask_userinfo(self, visit: Visit) -> None:
        headers = {"Authorization": f"Bearer {visit.tokens['access_token']}"}
        url = self._metadata["userinfo_endpoint"]
        async with self._http.get(url, headers=headers) as answer:
            told = await answer.json()
        if answer.status != 200 or "sub" not in told:  # noqa: PLR2004 - HTTP
            raise Unexpected(f"userinfo: {answer.status} {told}")

    def _authorization_url(self, visit: Visit, **more: str) -> str:
        asked = {
            "client_id": visit.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": self._job.scope,
            "state": visit.nonce,
            "nonce": visit.nonce,
            "code_challenge": visit.code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._metadata['authorization_endpoint']}?{urlencode(asked | more)}"

    def _code_in(self, answer: str, visit: Visit) -> str:
        told = parse_qs(urlsplit(answer).query)
        if not answer.startswith(REDIRECT_URI) or told.get("state") != [visit.nonce]:
            raise Unexpected(f"not our answer: {answer}")
        if "code" not in told:
            raise Unexpected(f"no code: {answer}")
        return told["code"][0]

    async def _post(self, endpoint: str, visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
        pair = f"{visit.client_id}:{CLIENT_SECRET}".encode()
        headers = {"Authorization": f"Basic {b64encode(pair).decode()}"}
        async with self._http.post(self._metadata[endpoint], data=form, headers=headers) as answer:
            told: dict[str, Any] = json.loads(await answer.read())
        if answer.status != 200:  # noqa: PLR2004 - HTTP
            raise Unexpected(f"{endpoint}: {answer.status} {told}")
        return told

    def _check_id_token(self, visit: Visit, nonce: str | None) -> None:
        token = jwt.decode(visit.tokens["id_token"], self._keys, algorithms=[self._job.alg])
        claims = token.claims
        if (claims["iss"], claims["aud"]) != (self._job.url, visit.client_id):
            raise Unexpected(f"an ID Token for somebody else: {claims}")
        if nonce is not None and claims.get("nonce") != nonce:
            raise Unexpected(f"an ID Token of another request: {claims}")
        half = sha256(visit.tokens["access_token"].encode()).digest()[:16]
        if claims.get("at_hash", _base64url(half)) != _base64url(half):
            raise Unexpected(f"an ID Token of another access token: {claims}")
        # Core §3.1.3.6: OPTIONAL here, and the peer tells none
        if self._job.site == "bridge" and nonce is not None and "at_hash" not in claims:
            raise Unexpected("an ID Token without at_hash")


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
