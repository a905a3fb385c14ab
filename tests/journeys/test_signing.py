"""How what a client is told is signed, over the wire: OpenID Connect Core 1.0 §2 and §5.3.2."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from authlib.oidc.core import CodeIDToken, HybridIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from keys import generate_key
from keys.algorithms import meant
from tests.world import Clock, Plan, World, claims_of, header_of, parameters_of, world

pytestmark = pytest.mark.anyio

EVERY = ("RS256", "ES256", "PS256", "EdDSA")
BACK = "http://127.0.0.1:9/signed-out"


@pytest.fixture
async def every_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    """A world whose operator wants every algorithm."""
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_ALGORITHMS": ",".join(EVERY)})) as it:
        yield it


async def published(a_world: World) -> list[dict[str, Any]]:
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")
    keys: list[dict[str, Any]] = response.json()["keys"]
    return keys


async def verified(a_world: World, token: str, alg: str) -> dict[str, Any]:
    """The claims, verified with what is published and no other algorithm than this."""
    keys = KeySet.import_key_set({"keys": await published(a_world)})
    with meant(alg):
        return dict(jwt.decode(token, keys, algorithms=[alg]).claims)


async def metadata(a_world: World) -> dict[str, Any]:
    url = f"{a_world.bridge_url}/.well-known/openid-configuration"
    told: dict[str, Any] = (await a_world.browser.http.get(url)).json()
    return told


async def tokens(a_world: World) -> dict[str, Any]:
    given: dict[str, Any] = (await a_world.redeem((await a_world.answer())["code"])).json()
    return given


async def test_discovery_and_jwks_tell_what_the_operator_named(every_world: World) -> None:
    """Discovery 1.0 §3: RS256 first, ``none`` last and for ID Tokens alone."""
    told = await metadata(every_world)
    assert told["id_token_signing_alg_values_supported"] == [*EVERY, "none"]
    assert told["userinfo_signing_alg_values_supported"] == [*EVERY]
    assert [key["alg"] for key in await published(every_world)] == [*EVERY]


@pytest.mark.parametrize("alg", EVERY)
async def test_an_id_token_is_signed_as_its_client_is_registered(
    every_world: World, alg: str
) -> None:
    """§2, §3.1.3.6, §3.3.2.11; the hashes judged by Authlib."""
    await every_world.register(
        id_token_signed_response_alg=alg, response_types=("code id_token token",)
    )
    answer = await every_world.answer(response_type="code id_token token")
    claims = await verified(every_world, answer["id_token"], alg)
    header = {"alg": alg}
    parameters = {"access_token": answer["access_token"], "code": answer["code"]}
    HybridIDToken(claims, header, params=parameters).validate(now=every_world.clock.now)
    given = (await every_world.redeem(answer["code"])).json()
    assert header_of(given["id_token"])["alg"] == alg
    claims = await verified(every_world, given["id_token"], alg)
    parameters = {"access_token": given["access_token"]}
    CodeIDToken(claims, header, params=parameters).validate(now=every_world.clock.now)


async def test_a_wrong_hash_would_be_found_by_authlib(every_world: World) -> None:
    """What the test before relies on."""
    await every_world.register(id_token_signed_response_alg="EdDSA")
    claims = claims_of((await tokens(every_world))["id_token"])
    judged = CodeIDToken(claims, {"alg": "EdDSA"}, params={"access_token": "another"})
    with pytest.raises(Exception, match="at_hash"):
        judged.validate(now=every_world.clock.now)


@pytest.mark.parametrize("alg", EVERY)
async def test_userinfo_is_signed_where_the_client_is_registered_so(
    every_world: World, alg: str
) -> None:
    """§5.3.2: with ``iss`` and ``aud``, and the same claims."""
    await every_world.register(userinfo_signed_response_alg=alg)
    given = await tokens(every_world)
    response = await every_world.userinfo(given["access_token"])
    assert response.headers["content-type"] == "application/jwt"
    assert response.headers["cache-control"] == "no-store"
    claims = await verified(every_world, response.text, alg)
    id_token = claims_of(given["id_token"])
    assert claims.pop("iss") == every_world.bridge_url
    assert claims.pop("aud") == "rp"
    assert "nonce" not in claims
    assert claims.items() <= id_token.items()
    assert {"sub", "name", "email"} <= claims.keys()


async def test_an_id_token_without_a_signature_comes_where_the_client_is_registered_so(
    a_world: World,
) -> None:
    """§2, Dynamic Client Registration 1.0 §2."""
    await a_world.register(id_token_signed_response_alg="none")
    given = await tokens(a_world)
    assert header_of(given["id_token"]) == {"alg": "none"}
    assert given["id_token"].endswith(".")
    claims = claims_of(given["id_token"])
    CodeIDToken(claims, {"alg": "none"}).validate(now=a_world.clock.now)
    assert (claims["iss"], claims["nonce"]) == (a_world.bridge_url, "the nonce")


async def test_what_nobody_signed_is_no_hint(a_world: World) -> None:
    """Anybody could have written it, even where the client is registered for none."""
    await a_world.register(id_token_signed_response_alg="none", post_logout_redirect_uris=(BACK,))
    hint = (await tokens(a_world))["id_token"]
    url = a_world.authorization_url(prompt="none", id_token_hint=hint)
    assert parameters_of(await a_world.browser.http.get(url))["error"] == "invalid_request"
    ended = await a_world.browser.http.get(
        f"{a_world.bridge_url}/end_session", params={"id_token_hint": hint}
    )
    assert ended.status_code == 400


async def test_no_reader_takes_what_was_signed_in_another_way(a_world: World) -> None:
    """RFC 8725 §2.1, §3.1: unsigned, a MAC with our public key, a key of the attacker's own."""
    await a_world.register()
    id_token = (await tokens(a_world))["id_token"]
    _, payload, _ = id_token.split(".")
    (key,) = [key for key in await published(a_world) if key["alg"] == "RS256"]
    ring = await a_world.provider.keys.ring(a_world.clock.now)
    public = next(key for key in ring.keys if key.alg == "RS256").jwk.as_pem(private=False)
    mac_header = encoded({"alg": "HS256", "kid": key["kid"], "typ": "JWT"})
    mac = hmac.digest(public, f"{mac_header}.{payload}".encode(), "sha256")
    forged = [
        f"{encoded({'alg': 'none', 'kid': key['kid'], 'typ': 'JWT'})}.{payload}.",
        f"{mac_header}.{payload}.{urlsafe_b64encode(mac).decode().rstrip('=')}",
        embedded_key(payload, key["kid"]),
    ]
    for hint in forged:
        url = a_world.authorization_url(prompt="none", id_token_hint=hint)
        assert parameters_of(await a_world.browser.http.get(url))["error"] == "invalid_request"
        ended = await a_world.browser.http.get(
            f"{a_world.bridge_url}/end_session", params={"id_token_hint": hint}
        )
        assert ended.status_code == 400


async def test_a_signed_userinfo_response_is_no_hint(a_world: World) -> None:
    """It is ours, for this client and about this person, but no ID Token (§3.1.2.1)."""
    await a_world.register(userinfo_signed_response_alg="RS256")
    hint = (await a_world.userinfo((await tokens(a_world))["access_token"])).text
    url = a_world.authorization_url(prompt="none", id_token_hint=hint)
    assert parameters_of(await a_world.browser.http.get(url))["error"] == "invalid_request"
    ended = await a_world.browser.http.get(
        f"{a_world.bridge_url}/end_session", params={"id_token_hint": hint}
    )
    assert ended.status_code == 400


async def test_a_client_whose_algorithm_was_given_up_is_told_so_and_nothing_is_spent(
    tmp_path: Path, clock: Clock
) -> None:
    """The code is good again once the operator has thought better of it."""
    wide = Plan(settings={"BRIDGE_ALGORITHMS": "RS256,EdDSA"})
    async with world(tmp_path, clock, wide) as before:
        await before.register(
            id_token_signed_response_alg="EdDSA", userinfo_signed_response_alg="EdDSA"
        )
        code, access_token = (await before.answer())["code"], (await tokens(before))["access_token"]
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_ALGORITHMS": "RS256"})) as narrow:
        told = await metadata(narrow)
        assert told["id_token_signing_alg_values_supported"] == ["RS256", "none"]
        # … and what was signed before can still be verified
        assert {key["alg"] for key in await published(narrow)} == {"RS256", "ES256", "EdDSA"}
        refused = await narrow.redeem(code)
        assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
        assert "signed with EdDSA, which is not offered" in refused.json()["error_description"]
        asked = await narrow.browser.http.get(narrow.authorization_url())
        assert parameters_of(asked)["error"] == "unauthorized_client"
        userinfo = await narrow.userinfo(access_token)
        assert (userinfo.status_code, userinfo.json()["error"]) == (400, "unauthorized_client")
    async with world(tmp_path, clock, wide) as after:
        given = (await after.redeem(code)).json()
        assert await verified(after, given["id_token"], "EdDSA")


def encoded(part: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def embedded_key(payload: str, kid: str) -> str:
    """Signed with a key that the header brings along (RFC 7515 §4.1.3)."""
    own = generate_key("RS256")
    header = {"alg": "RS256", "kid": kid, "typ": "JWT", "jwk": own.as_dict(private=False)}
    claims = claims_of(f"e30.{payload}.")
    return jwt.encode(header, claims, own)
