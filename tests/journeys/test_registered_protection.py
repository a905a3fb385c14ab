"""A client that registers itself is told what it wanted, in the form that it wanted.

OpenID Connect Dynamic Client Registration 1.0 §2, over sockets.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwe, jwt
from joserfc.jwk import KeySet

from tests.jose.examples import ec_key, jwk_set, public
from tests.journeys.test_registration import OPEN, allowed, post, refused
from tests.world import REDIRECT_URI, Clock, Plan, World, claims_of, header_of, parameters_of, world

pytestmark = pytest.mark.anyio

KEYS = jwk_set(public(ec_key(), kid="mine", use="enc"))


@pytest.fixture
async def open_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=OPEN)) as opened:
        yield opened


async def tokens(a_world: World, **metadata: Any) -> dict[str, Any]:
    """Register a client, sign in for it, and redeem its code."""
    told = (await post(a_world, redirect_uris=[REDIRECT_URI], **metadata)).json()
    assert metadata.items() <= told.items()
    code = (await allowed(a_world, told["client_id"]))["code"]
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI},
        auth=(told["client_id"], told["client_secret"]),
    )
    given: dict[str, Any] = response.json()
    return given


async def published(a_world: World) -> KeySet:
    return KeySet.import_key_set(
        (await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")).json()
    )


async def test_without_a_signature(open_world: World) -> None:
    """The conformance suite's oidcc-idtoken-unsigned."""
    given = await tokens(open_world, id_token_signed_response_alg="none")
    assert header_of(given["id_token"]) == {"alg": "none"}
    assert given["id_token"].endswith(".")


async def test_userinfo_that_is_signed(open_world: World) -> None:
    """The conformance suite's oidcc-userinfo-rs256."""
    given = await tokens(open_world, userinfo_signed_response_alg="RS256")
    response = await open_world.userinfo(given["access_token"])
    assert response.headers["content-type"] == "application/jwt"
    told = jwt.decode(response.text, await published(open_world), algorithms=["RS256"]).claims
    assert told["iss"] == open_world.bridge_url
    assert told["sub"] == claims_of(given["id_token"])["sub"]


async def test_pairwise(open_world: World) -> None:
    public_subject = (await open_world.sign_in())["sub"]
    given = await tokens(open_world, subject_type="pairwise")
    assert claims_of(given["id_token"])["sub"] != public_subject


async def test_encrypted(open_world: World) -> None:
    given = await tokens(
        open_world,
        jwks=KEYS,
        id_token_encrypted_response_alg="ECDH-ES",
        userinfo_encrypted_response_alg="ECDH-ES",
        userinfo_encrypted_response_enc="A256GCM",
    )
    read = decrypted(given["id_token"], "A128CBC-HS256")
    claims = jwt.decode(read, await published(open_world), algorithms=["RS256"]).claims
    response = await open_world.userinfo(given["access_token"])
    assert json.loads(decrypted(response.text, "A256GCM"))["sub"] == claims["sub"]


def decrypted(token: str, enc: str) -> bytes:
    read = jwe.decrypt_compact(token, ec_key(), algorithms=["ECDH-ES", enc])
    assert read.plaintext is not None
    return read.plaintext


async def test_whoever_allows_a_client_that_has_no_fit_key_lets_it_know_why(
    open_world: World,
) -> None:
    """RFC 6749 §4.1.2.1: the answer to the question goes to the client, as an error."""
    registered = await post(
        open_world,
        redirect_uris=[REDIRECT_URI],
        application_type="native",
        response_types=["id_token"],
        grant_types=["implicit"],
        jwks=jwk_set(public(ec_key(), use="sig")),
        id_token_encrypted_response_alg="ECDH-ES",
    )
    client_id = registered.json()["client_id"]
    callback = await open_world.callback_url(client_id=client_id, response_type="id_token")
    page = await open_world.browser.open(callback)
    response = await open_world.browser.send(page, "allow", follow_redirects=False)
    assert parameters_of(response)["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    "metadata",
    [
        {"id_token_signed_response_alg": "PS256"},
        {"userinfo_signed_response_alg": "EdDSA"},
        {"id_token_encrypted_response_alg": "RSA-OAEP", "jwks": KEYS},
        {"id_token_encrypted_response_enc": "A256GCM", "jwks": KEYS},
    ],
)
async def test_what_the_operator_does_not_offer_is_refused(
    open_world: World, metadata: dict[str, Any]
) -> None:
    answer: httpx.Response = await post(open_world, **metadata)
    assert refused(answer) == (400, "invalid_client_metadata")
