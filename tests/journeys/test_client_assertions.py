"""Clients that sign who they are: OpenID Connect Core 1.0 §9, RFC 7521 §4.2, RFC 7523."""

import asyncio
import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from joserfc.jwk import Key, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bridge.app import Resealing
from bridge.client_secrets import ClientSecrets
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.client_assertion import ASSERTION_TYPE
from tests.jose.examples import (
    ec_key,
    encoded,
    jwk_set,
    okp_key,
    public,
    rsa_key,
    signed,
)
from tests.serving import bound, port_of, served
from tests.world import CLIENT_SECRET, REDIRECT_URI, SECRETS, Clock, Plan, World, no_trust, world

pytestmark = pytest.mark.anyio

_numbers = count(1)

EVERY_KEY: list[tuple[str, Key]] = [
    ("RS256", rsa_key()),
    ("PS256", rsa_key()),
    ("ES256", ec_key()),
    ("EdDSA", okp_key()),
]


def claims_for(a_world: World, **changed: Any) -> dict[str, Any]:
    """Claims that are good but for what is changed; None leaves one out."""
    claims: dict[str, Any] = {
        "iss": "rp",
        "sub": "rp",
        "aud": f"{a_world.bridge_url}/token",
        "exp": a_world.clock.now + 60,
        "iat": a_world.clock.now,
        "jti": f"jti {next(_numbers)}",
    }
    return {name: value for name, value in (claims | changed).items() if value is not None}


def asserted(assertion: str, **form: str) -> dict[str, str]:
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **form}


async def post(a_world: World, path: str, form: dict[str, str]) -> httpx.Response:
    return await a_world.browser.http.post(f"{a_world.bridge_url}/{path}", data=form)


async def redeem(a_world: World, code: str, assertion: str, **form: str) -> httpx.Response:
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    return await post(a_world, "token", sent | asserted(assertion, **form))


async def with_key(a_world: World, *keys: dict[str, Any], **members: Any) -> Client:
    """Register a client for private_key_jwt."""
    return await a_world.register(
        client_secret_hash=None,
        token_endpoint_auth_method="private_key_jwt",
        jwks=jwk_set(*keys),
        **members,
    )


def refusal(response: httpx.Response) -> str:
    assert response.status_code == 401, response.text
    assert response.json()["error"] == "invalid_client"
    assert response.headers["cache-control"] == "no-store"
    description: str = response.json()["error_description"]
    return description


# Keys at the client's own address, over https


@dataclass
class KeysAtAnAddress:
    """A relying party's server. ``fetched`` counts how often its keys were asked for."""

    uri: str
    keys: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    fetched: int = 0

    async def jwks(self, _request: Request) -> JSONResponse:
        self.fetched += 1
        return JSONResponse(jwk_set(*self.keys), headers={"Cache-Control": "max-age=600"})


@asynccontextmanager
async def two_over_https(
    folder: Path, clock: Clock, **settings: str
) -> AsyncGenerator[tuple[World, KeysAtAnAddress]]:
    """A world, and a relying party beside it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert("localhost").private_key_and_cert_chain_pem
    certificate.write_to_path(str(folder / "server.pem"))
    plan = Plan(tls=folder, settings={"BRIDGE_FETCH_ALLOWED": "localhost"} | settings)
    with bound() as listener:
        theirs = KeysAtAnAddress(f"https://localhost:{port_of(listener)}/jwks")
        site = Starlette(routes=[Route("/jwks", theirs.jwks)])
        async with (
            served((site, listener), ssl_certfile=folder / "server.pem"),
            world(folder, clock, plan) as opened,
        ):
            yield opened, theirs


async def test_keys_are_fetched_over_https_and_again_when_they_rotate(
    tmp_path: Path, clock: Clock
) -> None:
    """OpenID Connect Core 1.0 §10.1.1."""
    async with two_over_https(tmp_path, clock) as (opened, theirs):
        await opened.register(
            client_secret_hash=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=theirs.uri,
        )
        theirs.keys = [public(rsa_key(), kid="first")]
        for _ in range(3):
            assertion = signed(rsa_key(), "RS256", {"kid": "first"}, claims_for(opened))
            code = (await opened.answer())["code"]
            assert (await redeem(opened, code, assertion)).status_code == 200
        assert theirs.fetched == 1

        theirs.keys = [public(ec_key(), kid="second")]
        code = (await opened.answer())["code"]
        assertion = signed(ec_key(), "ES256", {"kid": "second"}, claims_for(opened))
        assert (await redeem(opened, code, assertion)).status_code == 200
        assert theirs.fetched == 2

        # The old key is good no longer, and whoever invents names makes us ask no more.
        for kid in ("first", "third", "fourth"):
            assertion = signed(rsa_key(), "RS256", {"kid": kid}, claims_for(opened))
            refusal(await redeem(opened, "no code", assertion))
        assert theirs.fetched == 2


async def test_keys_in_the_operators_own_network_are_not_fetched_unasked(
    tmp_path: Path, clock: Clock
) -> None:
    """Server-side request forgery: nothing is sent to localhost unless the operator says so."""
    settings = {"BRIDGE_FETCH_ALLOWED": "elsewhere.example"}
    async with two_over_https(tmp_path, clock, **settings) as (opened, theirs):
        await opened.register(
            client_secret_hash=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=theirs.uri,
        )
        theirs.keys = [public(rsa_key())]
        assertion = signed(rsa_key(), "RS256", None, claims_for(opened))
        refusal(await redeem(opened, "no code", assertion))
        assert theirs.fetched == 0


# What is good


@pytest.mark.parametrize(("alg", "key"), EVERY_KEY)
async def test_a_client_signs_with_any_of_the_algorithms(
    a_world: World, alg: str, key: Key
) -> None:
    await with_key(a_world, public(key))
    code = (await a_world.answer())["code"]
    assertion = signed(key, alg, None, claims_for(a_world))
    assert (await redeem(a_world, code, assertion, client_id="rp")).status_code == 200


async def test_a_request_is_pushed_by_who_signs(a_world: World) -> None:
    """RFC 9126 §2: issuer, token endpoint and its own address are one audience."""
    await with_key(a_world, public(ec_key()))
    url = a_world.bridge_url
    asked = {"response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid"}
    for audience in (f"{url}/par", f"{url}/token", url, [f"{url}/par", url]):
        assertion = signed(ec_key(), "ES256", None, claims_for(a_world, aud=audience))
        pushed = await post(a_world, "par", asserted(assertion, **asked))
        assert pushed.status_code == 201, pushed.text
    assertion = signed(ec_key(), "ES256", None, claims_for(a_world, aud=f"{url}/authorize"))
    refusal(await post(a_world, "par", asserted(assertion, **asked)))


@pytest.mark.parametrize("path", ["revoke", "introspect"])
async def test_it_may_mean_the_endpoint_that_is_asked(a_world: World, path: str) -> None:
    """RFC 7009 §2.1, RFC 7662 §2.1: as at the token endpoint."""
    await with_key(a_world, public(ec_key()))
    url = a_world.bridge_url
    for audience in (f"{url}/{path}", f"{url}/token", url, [url, f"{url}/token"]):
        assertion = signed(ec_key(), "ES256", None, claims_for(a_world, aud=audience))
        told = await post(a_world, path, asserted(assertion, token="unknown"))
        assert told.status_code == 200
    other = "introspect" if path == "revoke" else "revoke"
    assertion = signed(ec_key(), "ES256", None, claims_for(a_world, aud=f"{url}/{other}"))
    refused = await post(a_world, path, asserted(assertion, token="unknown"))
    assert refusal(refused) == "client_assertion is for another audience"


async def test_what_works_is_listed(a_world: World) -> None:
    """OpenID Connect Discovery 1.0 §3, RFC 8414 §2."""
    url = f"{a_world.bridge_url}/.well-known/openid-configuration"
    told = (await a_world.browser.http.get(url)).json()
    for endpoint in ("token", "revocation", "introspection"):
        methods = told[f"{endpoint}_endpoint_auth_methods_supported"]
        algorithms = told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert {"private_key_jwt", "client_secret_jwt"} <= set(methods)
        assert {"HS256", *(alg for alg, _ in EVERY_KEY)} <= set(algorithms)
        assert "none" not in algorithms


# What is good once


async def test_an_assertion_is_good_once_and_its_replay_spends_no_code(a_world: World) -> None:
    """RFC 7523 §3, item 7."""
    await with_key(a_world, public(ec_key()))
    claims = claims_for(a_world)
    assertion = signed(ec_key(), "ES256", None, claims)
    first, second = [(await a_world.answer())["code"] for _ in range(2)]
    assert (await redeem(a_world, first, assertion)).status_code == 200
    for replayed in (assertion, signed(ec_key(), "ES256", None, claims | {"aud": "x"})):
        refusal(await redeem(a_world, second, replayed))
    again = signed(ec_key(), "ES256", {"kid": "x"}, claims)
    assert refusal(await redeem(a_world, second, again)) == "client_assertion was used before"
    fresh = signed(ec_key(), "ES256", None, claims_for(a_world))
    assert (await redeem(a_world, second, fresh)).status_code == 200


async def test_of_twenty_who_send_it_together_one_succeeds(a_world: World) -> None:
    await with_key(a_world, public(ec_key()))
    assertion = signed(ec_key(), "ES256", None, claims_for(a_world))
    form = asserted(assertion, token="unknown")
    told = await asyncio.gather(*(post(a_world, "revoke", form) for _ in range(20)))
    assert sorted(each.status_code for each in told) == [200] + [401] * 19


async def test_an_assertion_is_not_good_again_once_it_is_forgotten(a_world: World) -> None:
    """It is remembered for as long as clocks may differ beyond its end."""
    await with_key(a_world, public(ec_key()))
    assertion = signed(ec_key(), "ES256", None, claims_for(a_world))
    form = asserted(assertion, token="unknown")
    assert (await post(a_world, "revoke", form)).status_code == 200
    for seconds in (60, 59, 1, 1, 1):
        a_world.clock.wind(seconds)
        await a_world.provider.store.forget_expired(now=a_world.clock.now)
        refusal(await post(a_world, "revoke", form))


# What is wrong, and leaves the code usable


async def test_a_wrong_assertion_is_refused_and_leaves_the_code_usable(a_world: World) -> None:
    await with_key(a_world, public(rsa_key(), kid="k"), public(ec_key(), kid="e"))
    await with_key(a_world, public(rsa_key(1), kid="k"), client_id="other")
    now = a_world.clock.now
    good = claims_for(a_world)
    start = f"{encoded({'alg': 'HS256'})}.{encoded(good)}"
    confused = hmac.digest(rsa_key().as_pem(private=False), start.encode(), sha256)
    wrong: dict[str, dict[str, Any]] = {
        "another audience": {"aud": "https://other.example/token"},
        "no audience": {"aud": None},
        "expired": {"exp": now - 60},
        "no expiry": {"exp": None},
        "for years": {"exp": now + 10**8},
        "from the future": {"iat": now + 120},
        "not yet": {"nbf": now + 120},
        "another's": {"iss": "other"},
        "no issuer": {"iss": None},
        "no jti": {"jti": None},
    }
    assertions = {
        name: signed(rsa_key(), "RS256", {"kid": "k"}, claims_for(a_world, **changed))
        for name, changed in wrong.items()
    }
    strange = rsa_key(1)
    assertions |= {
        "the key of another": signed(strange, "RS256", {"kid": "k"}, good),
        "another's, for us": signed(strange, "RS256", {"kid": "k"}, good | {"sub": "other"}),
        "its own key": signed(strange, "RS256", {"jwk": public(strange)}, good),
        "a key by address": signed(strange, "RS256", {"jku": "https://127.0.0.1/jwks"}, good),
        "a path as kid": signed(rsa_key(), "RS256", {"kid": "../../k"}, good),
        "SQL as kid": signed(rsa_key(), "RS256", {"kid": "k' OR '1'='1"}, good),
        "a huge kid": signed(rsa_key(), "RS256", {"kid": "k" * 20_000}, good),
        "none": f"{encoded({'alg': 'none'})}.{encoded(good)}.",
        "a MAC under the public key": f"{start}.{encoded(confused)}",
        "a MAC under nothing": signed(OctKey.import_key(b"\0" * 32), "HS256", None, good),
        "nobody's": signed(rsa_key(), "RS256", {"kid": "k"}, good | {"sub": "nobody"}),
        "no JWT": "a.b.c",
        "half": signed(rsa_key(), "RS256", {"kid": "k"}, good)[:-40],
    }
    code = (await a_world.answer())["code"]
    for name, assertion in assertions.items():
        refused = await redeem(a_world, code, assertion)
        assert refusal(refused), name
    assertion = signed(rsa_key(), "RS256", {"kid": "k"}, good)
    assert (await redeem(a_world, code, assertion)).status_code == 200


async def test_nobody_learns_whether_the_client_exists(a_world: World) -> None:
    await with_key(a_world, public(rsa_key()))
    await a_world.register(client_id="basic")
    strange = rsa_key(1)
    told = [
        await redeem(
            a_world,
            "no code",
            signed(strange, "RS256", None, claims_for(a_world, iss=client_id, sub=client_id)),
        )
        for client_id in ("rp", "basic", "nobody")
    ]
    assert {refusal(each) for each in told} == {"client authentication failed"}
    assert len({each.content for each in told}) == 1


async def test_two_ways_at_once_are_refused(a_world: World) -> None:
    """RFC 6749 §2.3."""
    await with_key(a_world, public(ec_key()))
    assertion = signed(ec_key(), "ES256", None, claims_for(a_world))
    code = (await a_world.answer())["code"]
    both = await redeem(a_world, code, assertion, client_secret="secret")
    assert both.json()["error"] == "invalid_request"
    refusal(await redeem(a_world, code, assertion, client_id="other"))
    refusal(await redeem(a_world, code, assertion, client_assertion_type="jwt"))
    assert (await redeem(a_world, code, assertion)).status_code == 200


async def test_the_registered_algorithm_is_the_only_one(a_world: World) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2, token_endpoint_auth_signing_alg."""
    await with_key(
        a_world, public(rsa_key()), public(ec_key()), token_endpoint_auth_signing_alg="ES256"
    )
    for alg, key in EVERY_KEY:
        assertion = signed(key, alg, None, claims_for(a_world))
        told = await post(a_world, "revoke", asserted(assertion, token="unknown"))
        assert told.status_code == (200 if alg == "ES256" else 401)


async def test_who_is_registered_for_one_method_uses_no_other(a_world: World) -> None:
    client = await with_key(a_world, public(ec_key()))
    assert not client.is_public
    code = (await a_world.answer())["code"]
    for secret in (CLIENT_SECRET, ""):
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        refusal(await post(a_world, "token", sent | {"client_id": "rp", "client_secret": secret}))
    refusal(await a_world.redeem(code))
    # And one who has keys for something else does not authenticate with them.
    await a_world.register(client_id="signer", jwks=jwk_set(public(ec_key())))
    claims = claims_for(a_world, iss="signer", sub="signer")
    refusal(await redeem(a_world, code, signed(ec_key(), "ES256", None, claims)))


# client_secret_jwt


async def with_sealed_secret(a_world: World, **members: Any) -> Client:
    client = Client(
        client_id="rp",
        client_name="RP",
        redirect_uris=(REDIRECT_URI,),
        token_endpoint_auth_method="client_secret_jwt",
        **members,
    )
    kept = a_world.provider.client_secrets.keep(client, CLIENT_SECRET)
    assert kept.client_secret_hash is None
    assert kept.client_secret_sealed is not None
    assert CLIENT_SECRET not in kept.client_secret_sealed
    assert await a_world.provider.store.add_client(kept, now=a_world.clock.now)
    return kept


def with_secret(
    a_world: World, alg: str = "HS256", secret: str = CLIENT_SECRET, **changed: Any
) -> str:
    key = OctKey.import_key(secret.encode())
    return signed(key, alg, None, claims_for(a_world, **changed))


async def test_a_secret_may_sign_and_is_then_used_for_nothing_else(a_world: World) -> None:
    """OpenID Connect Core 1.0 §9, client_secret_jwt."""
    client = await with_sealed_secret(a_world)
    assert not client.is_public
    code = (await a_world.answer())["code"]
    refusal(await a_world.redeem(code))
    posted = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    credentials = {"client_id": "rp", "client_secret": CLIENT_SECRET}
    refusal(await post(a_world, "token", posted | credentials))
    hashed = token_hash(CLIENT_SECRET)
    for assertion in (
        with_secret(a_world, secret="another secret"),
        with_secret(a_world, secret=hashed),
        with_secret(a_world, "HS512"),
        with_secret(a_world, jti=None),
        signed(rsa_key(), "RS256", None, claims_for(a_world)),
    ):
        refusal(await redeem(a_world, code, assertion))
    good = with_secret(a_world)
    assert (await redeem(a_world, code, good)).status_code == 200
    refusal(await redeem(a_world, code, good))


async def test_a_longer_mac_is_taken_where_it_is_registered(a_world: World) -> None:
    await with_sealed_secret(a_world, token_endpoint_auth_signing_alg="HS512")
    for alg in ("HS256", "HS384", "HS512"):
        told = await post(a_world, "revoke", asserted(with_secret(a_world, alg), token="unknown"))
        assert told.status_code == (200 if alg == "HS512" else 401)


async def test_the_former_secret_may_sign_in_its_grace_time(a_world: World) -> None:
    client = await with_sealed_secret(a_world)
    secrets, now = a_world.provider.client_secrets, a_world.clock.now
    rotated = secrets.rotate(client, "the new secret", now=now, grace=60)
    await a_world.provider.store.change_client("rp", lambda _: rotated)

    async def signs_with(secret: str) -> int:
        assertion = with_secret(a_world, secret=secret)
        return (await post(a_world, "revoke", asserted(assertion, token="unknown"))).status_code

    assert [await signs_with(secret) for secret in ("the new secret", CLIENT_SECRET)] == [200, 200]
    a_world.clock.wind(60)
    assert [await signs_with(secret) for secret in ("the new secret", CLIENT_SECRET)] == [200, 401]


async def test_the_secret_of_a_client_survives_a_change_of_ours(
    tmp_path: Path, clock: Clock
) -> None:
    """The first of ``secrets`` seals, all open; the operator seals anew what a later one sealed."""
    newer = "n" * 43
    async with world(tmp_path, clock) as opened:
        await with_sealed_secret(opened)
    for secrets in (f"{newer},{SECRETS}", newer):
        plan = Plan(settings={"BRIDGE_SECRETS": secrets})
        async with world(tmp_path, clock, plan) as opened:
            told = await post(opened, "revoke", asserted(with_secret(opened), token="unknown"))
            assert told.status_code == 200
            resealing = Resealing(opened.settings, opened.provider.store)
            counts = [each async for each in resealing.reseal(opened.clock.now)]
            assert "client secrets" in [kind for kind, _, _ in counts]


async def test_a_secret_that_cannot_be_opened_proves_nothing(a_world: World) -> None:
    client = await with_sealed_secret(a_world)
    stolen = ClientSecrets([b"x" * 32]).keep(client, CLIENT_SECRET)
    moved = a_world.provider.client_secrets.keep(replace(client, client_id="other"), CLIENT_SECRET)
    for sealed in (stolen.client_secret_sealed, moved.client_secret_sealed, "garbage", None):

        def change(known: Client, sealed: str | None = sealed) -> Client:
            return replace(known, client_secret_sealed=sealed)

        await a_world.provider.store.change_client("rp", change)
        refusal(await post(a_world, "revoke", asserted(with_secret(a_world), token="unknown")))


# A stranger


@pytest.mark.parametrize(
    ("alg", "key"), [("RS256", rsa_key()), ("ES256", ec_key()), ("HS256", CLIENT_SECRET)]
)
async def test_authlib_signs_who_it_is(a_world: World, alg: str, key: Any) -> None:
    if alg == "HS256":
        await with_sealed_secret(a_world)
        method, name = ClientSecretJWT(alg=alg), "client_secret_jwt"
    else:
        await with_key(a_world, public(key, kid="a"), public(rsa_key(1), kid="b"))
        method, name = PrivateKeyJWT(alg=alg, headers={"kid": "a"}), "private_key_jwt"
    answer = await a_world.callback()
    client: Any = AsyncOAuth2Client(
        "rp",
        key,
        token_endpoint_auth_method=name,
        redirect_uri=REDIRECT_URI,
        state="the state",
        trust_env=False,
        verify=no_trust(),
    )
    async with client as authlib:
        authlib.register_client_auth_method(method)
        url = f"{a_world.bridge_url}/token"
        token = await authlib.fetch_token(url, authorization_response=answer.headers["location"])
    assert token["token_type"] == "Bearer"
    assert (await a_world.userinfo(token["access_token"])).status_code == 200
