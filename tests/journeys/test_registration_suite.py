"""What the conformance suite of the OpenID Foundation demands of registration, over https.

It is registered as the suite registers, and judged as it judges: oidcc-registration-…, regfrag,
3rd_party-init-login.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.fetching.strangers import Authority, stranger
from tests.jose.examples import public, signed
from tests.journeys.test_client_assertions import asserted, claims_for, post, two_over_https
from tests.serving import bound, port_of, served
from tests.wechat.hostile_wechat import answer
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

CALLBACK = "https://suite.example:8443/test/a/x/callback"
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "suite"})
OPEN = {"BRIDGE_REGISTRATION_MODE": "open", "BRIDGE_FETCH_ALLOWED": "127.0.0.0/8"}


@pytest.fixture
async def secure_world(tmp_path: Path, clock: Clock, authority: Authority) -> AsyncIterator[World]:
    for file in ("ca.pem", "server.pem"):
        (tmp_path / file).write_bytes((authority.folder / file).read_bytes())
    async with world(tmp_path, clock, Plan(settings=OPEN, tls=tmp_path)) as opened:
        yield opened


async def register(a_world: World, **changed: Any) -> httpx.Response:
    """openid/client/CallDynamicRegistrationEndpoint, and what is put together before it."""
    metadata = await a_world.browser.http.get(
        f"{a_world.bridge_url}/.well-known/openid-configuration"
    )
    asked: dict[str, Any] = {
        "client_name": "OIDC Conformance test plan",
        "grant_types": ["authorization_code"],
        "jwks": {"keys": [KEY.as_dict(private=False)]},
        "token_endpoint_auth_method": "client_secret_basic",
        "response_types": ["code"],
        "redirect_uris": [CALLBACK],
        "contacts": ["certification@oidf.org"],
    }
    return await a_world.browser.http.post(
        metadata.json()["registration_endpoint"], json=asked | changed
    )


def registered(answer: httpx.Response) -> dict[str, Any]:
    """What every module of the dynamic plan fails at."""
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    told: dict[str, Any] = answer.json()
    assert "error" not in told
    assert told["registration_client_uri"].startswith("https://")
    assert told["registration_access_token"]
    if "client_secret" in told:
        assert told["client_secret_expires_at"] == 0
    return told


def refused(answer: httpx.Response, *errors: str) -> None:
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] in errors


async def managed(a_world: World, method: str, told: dict[str, Any], **sent: Any) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {told['registration_access_token']}"}
    return await a_world.browser.http.request(
        method, told["registration_client_uri"], headers=bearer, **sent
    )


@pytest.mark.parametrize(
    ("response_type", "grant_types"),
    [
        ("code", ["authorization_code"]),
        ("id_token", ["implicit"]),
        ("id_token token", ["implicit"]),
        ("code id_token", ["authorization_code", "implicit"]),
        ("code token", ["authorization_code", "implicit"]),
        ("code id_token token", ["authorization_code", "implicit"]),
    ],
)
async def test_a_client_of_each_plan_is_registered_and_removed(
    secure_world: World, response_type: str, grant_types: list[str]
) -> None:
    answer = await register(secure_world, response_types=[response_type], grant_types=grant_types)
    told = registered(answer)
    assert (told["response_types"], told["grant_types"]) == ([response_type], grant_types)
    assert (await managed(secure_world, "DELETE", told)).status_code == 204


async def test_a_redirect_uri_with_a_fragment_is_refused(secure_world: World) -> None:
    """oidcc-redirect-uri-regfrag."""
    answer = await register(secure_world, redirect_uris=[f"{CALLBACK}#foobar"])
    refused(answer, "invalid_redirect_uri", "invalid_client_metadata")


async def test_a_login_may_be_initiated_at_an_https_address_only(secure_world: World) -> None:
    """oidcc-3rd_party-init-login, -nohttps; OpenID Connect Core 1.0 §4."""
    uri = "https://suite.example:8443/test/a/x/login"
    told = registered(await register(secure_world, initiate_login_uri=uri))
    assert told["initiate_login_uri"] == uri
    read = await managed(secure_world, "GET", told)
    assert read.status_code == 200
    assert read.headers["content-type"] == "application/json"
    assert read.json()["initiate_login_uri"] == uri
    insecure = await register(secure_world, initiate_login_uri=uri.replace("https", "http"))
    refused(insecure, "invalid_client_metadata")


async def test_what_people_are_shown_is_kept(secure_world: World) -> None:
    """oidcc-registration-logo-uri, -policy-uri, -tos-uri."""
    shown = {
        name: f"https://suite.example:8443/{name}" for name in ("logo_uri", "policy_uri", "tos_uri")
    }
    assert registered(await register(secure_world, **shown)).items() >= shown.items()


async def test_a_client_registers_where_its_keys_are_and_signs_with_them(
    tmp_path: Path, clock: Clock
) -> None:
    """oidcc-registration-jwks-uri; OpenID Connect Core 1.0 §9, private_key_jwt."""
    async with two_over_https(tmp_path, clock, BRIDGE_REGISTRATION_MODE="open") as opened:
        a_world, theirs = opened
        theirs.keys.append(public(KEY))
        answered = await register(
            a_world,
            jwks=None,
            jwks_uri=theirs.uri,
            token_endpoint_auth_method="private_key_jwt",
            token_endpoint_auth_signing_alg="RS256",
        )
        told = registered(answered)
        assert "client_secret" not in told
        claims = claims_for(a_world, iss=told["client_id"], sub=told["client_id"])
        form = asserted(signed(KEY, "RS256", None, claims), token="unknown")
        introspected = await post(a_world, "introspect", form)
        assert (introspected.status_code, introspected.json()) == (200, {"active": False})


async def test_a_sector_that_lists_the_redirect_uris_is_taken(
    secure_world: World, authority: Authority
) -> None:
    """oidcc-registration-sector-uri; OpenID Connect Dynamic Client Registration 1.0 §5."""
    async with stranger(authority, answer([CALLBACK, "https://b.example/"]), answer([])) as sector:
        uri = f"{sector.origin}/redirect_uris.json"
        answered = await register(secure_world, subject_type="pairwise", sector_identifier_uri=uri)
        told = registered(answered)
        assert (told["subject_type"], told["sector_identifier_uri"]) == ("pairwise", uri)


@pytest.mark.parametrize(
    "document",
    [["https://op.example/callback"], [CALLBACK + "/"], {}, CALLBACK, b"{", b"[" * 9_000, b"\xff"],
)
async def test_a_sector_that_does_not_is_refused(
    secure_world: World, authority: Authority, document: object
) -> None:
    """oidcc-registration-sector-bad."""
    async with stranger(authority, answer(document)) as sector:
        uri = f"{sector.origin}/redirect_uris.json"
        answered = await register(secure_world, subject_type="pairwise", sector_identifier_uri=uri)
        refused(answered, "invalid_client_metadata")
        public = await register(secure_world, sector_identifier_uri=uri)
        refused(public, "invalid_client_metadata")


async def test_a_sector_that_cannot_be_fetched_is_refused_without_telling_why(
    secure_world: World, authority: Authority
) -> None:
    """A stranger would learn from it what is in our network."""
    texts: set[str] = set()
    async with stranger(authority, answer([], status="404 Not Found")) as sector:
        for uri in (
            f"{sector.origin}/redirect_uris.json",
            "https://10.0.0.1/redirect_uris.json",
            "https://169.254.169.254/redirect_uris.json",
            "https://0x7f.1/redirect_uris.json",
            "https://[::ffff:10.0.0.1]/redirect_uris.json",
        ):
            answered = await register(
                secure_world, subject_type="pairwise", sector_identifier_uri=uri
            )
            refused(answered, "invalid_client_metadata")
            texts.add(answered.text)
    assert len(texts) == 1


async def test_a_sector_that_was_mended_is_asked_again(
    secure_world: World, authority: Authority
) -> None:
    async with stranger(authority, answer([]), answer([CALLBACK])) as sector:
        uri = f"{sector.origin}/redirect_uris.json"
        refused(await register(secure_world, sector_identifier_uri=uri), "invalid_client_metadata")
        secure_world.clock.wind(10)
        registered(await register(secure_world, sector_identifier_uri=uri))


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_update_that_was_overtaken_is_not_made(
    secure_world: World, authority: Authority, method: str
) -> None:
    """RFC 7592 §2.2: while the sector is asked, the same token is used up by somebody else."""
    told = registered(await register(secure_world))
    first: list[httpx.Response] = []

    async def sector(scope: Scope, receive: Receive, send: Send) -> None:
        sent = {"client_id": told["client_id"], "redirect_uris": [CALLBACK]}
        first.append(await managed(secure_world, method, told, json=sent))
        await JSONResponse([CALLBACK])(scope, receive, send)

    listener = bound()
    tls = {"ssl_certfile": authority.folder / "server.pem"}
    async with served((sector, listener), **tls):
        uri = f"https://localhost:{port_of(listener)}/redirect_uris.json"
        overtaken = await managed(
            secure_world, "PUT", told, json=told | {"sector_identifier_uri": uri}
        )
    assert [answered.status_code for answered in first] == [200 if method == "PUT" else 204]
    assert overtaken.status_code == 401
    assert overtaken.json()["error"] == "invalid_token"
    client = await secure_world.provider.store.client(told["client_id"])
    assert client is None or client.sector_identifier_uri is None


async def test_an_update_is_held_against_the_sector_too(
    secure_world: World, authority: Authority
) -> None:
    async with stranger(authority, answer([CALLBACK], then="close")) as sector:
        told = registered(
            await register(secure_world, sector_identifier_uri=f"{sector.origin}/uris.json")
        )
        other = {**told, "redirect_uris": [CALLBACK, "https://other.example/"]}
        refused(await managed(secure_world, "PUT", told, json=other), "invalid_client_metadata")
