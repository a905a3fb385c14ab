"""The load generator, at an application of three lines and at providers that are wrong."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.generator import Failed, generator
from benchmarks.load.browser import Unexpected
from benchmarks.load.job import Job
from benchmarks.load.relying_party import RelyingParty
from benchmarks.stand import bare
from tests.serving import bound, port_of, served

pytestmark = pytest.mark.anyio

Change = Callable[[dict[str, Any]], dict[str, Any]]


async def test_the_report_has_a_latency_of_each_operation_and_the_servers_work_beside_it() -> None:
    async with bare() as answering, generator() as generating:
        job = answering.job("get", number=50, in_flight=4)
        report, cpu = await generating.run(job, answering.pid)
    assert len(report.latencies) == 50
    assert 0 < max(report.latencies) <= report.seconds
    assert 0 < cpu < 4 * report.seconds


async def test_an_answer_that_is_not_the_right_one_ends_the_run() -> None:
    async with bare() as answering, generator() as generating:
        job = answering.page("no-provider").job("token", number=1, in_flight=1)
        with pytest.raises(Failed):
            await generating.run(job, answering.pid)


@dataclass
class WrongProvider:
    """It answers at the token endpoint with an ID Token that ``change`` has changed."""

    url: str
    key: RSAKey
    change: Change = dict

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/jwks", self.jwks),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def metadata(self, _: Request) -> JSONResponse:
        return JSONResponse({"jwks_uri": f"{self.url}/jwks", "token_endpoint": f"{self.url}/token"})

    async def jwks(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: Request) -> JSONResponse:
        asked = dict(parse_qsl((await request.body()).decode()))
        claims = self.change(
            {
                "iss": self.url,
                "aud": "rp",
                "sub": "somebody",
                "exp": 4_000_000_000,
                "nonce": asked["code"],
                "at_hash": half_of_hash("token"),
            }
        )
        key = claims.pop("key", self.key)
        header = {"alg": "RS256", "kid": self.key.kid}
        id_token = jwt.encode(header, claims, key, algorithms=["RS256"])
        return JSONResponse({"access_token": "token", "id_token": id_token})


def half_of_hash(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def keys() -> tuple[RSAKey, RSAKey]:
    """One that is published, and another."""
    return RSAKey.generate_key(2048, auto_kid=True), RSAKey.generate_key(2048, auto_kid=True)


@pytest.fixture
async def provider(keys: tuple[RSAKey, RSAKey]) -> AsyncIterator[WrongProvider]:
    listener = bound()
    made = WrongProvider(f"http://127.0.0.1:{port_of(listener)}", keys[0])
    async with served((made.application(), listener)):
        yield made


async def redeem_at(provider: WrongProvider) -> None:
    """Redeem a code that says which nonce was sent."""
    job = Job(operation="token", url=provider.url, number=1, in_flight=1)
    async with aiohttp.ClientSession() as http:
        party = RelyingParty(http, job)
        await party.discover()
        visit = party.visit(1)
        visit.code = visit.nonce
        await party.redeem(visit)


async def test_a_right_id_token_is_taken(provider: WrongProvider) -> None:
    await redeem_at(provider)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"at_hash": half_of_hash("another token")},
        {"at_hash": None},
    ],
    ids=str,
)
async def test_an_id_token_that_says_something_wrong_is_refused(
    wrong: dict[str, Any], provider: WrongProvider
) -> None:
    provider.change = lambda claims: {
        name: claim for name, claim in (claims | wrong).items() if claim is not None
    }
    with pytest.raises(Unexpected):
        await redeem_at(provider)


async def test_an_id_token_that_another_key_has_signed_is_refused(
    provider: WrongProvider, keys: tuple[RSAKey, RSAKey]
) -> None:
    provider.change = lambda claims: claims | {"key": keys[1]}
    with pytest.raises(BadSignatureError):
        await redeem_at(provider)
