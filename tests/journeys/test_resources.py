"""Access tokens for APIs: RFC 8707 and RFC 9068."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from bridge.oidc.access_token import token_hash
from bridge.oidc.signing import left_half_hash
from keys import revoke
from tests.world import CLIENT_SECRET, World, claims_of, header_of, parameters_of

pytestmark = pytest.mark.anyio

SCOPE = ("openid", "profile", "offline_access")
ASKED = " ".join(SCOPE)
API, CALENDAR = "https://api.example.com/v1", "urn:example:calendar"
AS_RP = ("rp", CLIENT_SECRET)


async def signed_in(a_world: World, **asked: Any) -> dict[str, Any]:
    answer = await a_world.answer(scope=ASKED, **asked)
    response = await a_world.redeem(answer["code"])
    tokens: dict[str, Any] = response.json()
    return tokens


async def post(
    a_world: World, path: str, auth: tuple[str, str] = AS_RP, **form: str | list[str]
) -> httpx.Response:
    return await a_world.browser.http.post(f"{a_world.bridge_url}/{path}", data=form, auth=auth)


async def refresh(a_world: World, token: str, **form: Any) -> httpx.Response:
    return await post(a_world, "token", grant_type="refresh_token", refresh_token=token, **form)


async def verified(a_world: World, token: str) -> dict[str, Any]:
    """As an API would: with the published keys alone."""
    published = (await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")).json()
    keys = KeySet.import_key_set(published)
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


async def test_a_token_for_an_api_can_be_verified_by_it_and_is_ours_to_end(
    a_world: World,
) -> None:
    """RFC 9068 §2, §4."""
    await a_world.register(scope=SCOPE, resources=(API, CALENDAR))
    tokens = await signed_in(a_world, resource=API)
    token = tokens["access_token"]
    assert (header_of(token)["typ"], header_of(token)["alg"]) == ("at+jwt", "RS256")
    claims, id_token = await verified(a_world, token), claims_of(tokens["id_token"])
    assert (claims["iss"], claims["aud"]) == (a_world.bridge_url, API)
    assert (claims["client_id"], claims["scope"]) == ("rp", ASKED)
    assert claims["exp"] - claims["iat"] == tokens["expires_in"]
    for name in ("sub", "auth_time", "acr", "amr"):
        assert claims[name] == id_token[name]
    assert id_token["at_hash"] == left_half_hash(token, "RS256")
    assert (await a_world.userinfo(token)).json()["sub"] == claims["sub"]
    told = (await post(a_world, "introspect", token=token)).json()
    assert (told["active"], told["aud"]) == (True, API)

    await post(a_world, "revoke", token=token)
    assert (await a_world.userinfo(token)).status_code == 401
    assert (await post(a_world, "introspect", token=token)).json() == {"active": False}


async def test_no_two_tokens_are_the_same(a_world: World) -> None:
    """RFC 9068 §2.2: jti."""
    await a_world.register(scope=SCOPE, access_token_format="jwt")
    tokens = await signed_in(a_world)
    again = (await refresh(a_world, tokens["refresh_token"])).json()
    first = await verified(a_world, tokens["access_token"])
    second = await verified(a_world, again["access_token"])
    assert first["aud"] == second["aud"] == a_world.bridge_url
    assert first["jti"] != second["jti"]


async def test_several_resources_come_through_the_sign_in_and_are_narrowed_later(
    a_world: World,
) -> None:
    """RFC 8707 §2.1, §2.2."""
    await a_world.register(scope=SCOPE, resources=(API, CALENDAR))
    both = urlencode([("resource", API), ("resource", CALENDAR)])
    url = f"{a_world.authorization_url(scope=ASKED)}&{both}"
    page = await a_world.browser.open(url)
    wechat = await a_world.browser.click(page, "wechat-login")
    approved = await a_world.browser.send(wechat, "approve", follow_redirects=False)
    answer = await a_world.browser.http.get(approved.headers["location"])
    code = parameters_of(answer)["code"]
    tokens = (await a_world.redeem(code, resource=CALENDAR)).json()
    assert claims_of(tokens["access_token"])["aud"] == CALENDAR
    every = (await refresh(a_world, tokens["refresh_token"])).json()
    assert claims_of(every["access_token"])["aud"] == [API, CALENDAR]
    same = (await refresh(a_world, tokens["refresh_token"], resource=[API, CALENDAR])).json()
    assert claims_of(same["access_token"])["aud"] == [API, CALENDAR]
    more = await refresh(a_world, tokens["refresh_token"], resource=[API, "urn:example:other"])
    assert (more.status_code, more.json()["error"]) == (400, "invalid_target")


async def test_a_resource_that_is_not_registered_is_an_invalid_target(a_world: World) -> None:
    """RFC 8707 §2.1: told to the redirection endpoint, before anybody signs in."""
    await a_world.register(scope=SCOPE, resources=(API,))
    url = a_world.authorization_url(scope=ASKED, resource=f"{API}/")
    told = parameters_of(await a_world.browser.http.get(url))
    assert (told["error"], told["state"]) == ("invalid_target", "the state")


async def test_an_invalid_target_at_the_token_endpoint_leaves_the_code_usable(
    a_world: World,
) -> None:
    await a_world.register(scope=SCOPE, resources=(API, CALENDAR))
    code = (await a_world.answer(scope=ASKED, resource=API))["code"]
    refused = await a_world.redeem(code, resource=CALENDAR)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
    assert (await a_world.redeem(code)).status_code == 200


async def test_a_client_without_resources_is_not_bothered(a_world: World) -> None:
    await a_world.register(scope=SCOPE)
    tokens = await signed_in(a_world, resource="anything at all")
    assert len(tokens["access_token"]) == 43


async def test_a_resource_that_was_withdrawn_ends_its_refreshes(a_world: World) -> None:
    await a_world.register(scope=SCOPE, resources=(API,))
    tokens = await signed_in(a_world, resource=API)
    store = a_world.provider.store
    await store.change_client("rp", lambda client: replace(client, resources=()))
    refused = await refresh(a_world, tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


async def test_an_api_learns_of_tokens_that_are_for_it_and_of_no_others(a_world: World) -> None:
    """RFC 7662 §2.1, §4."""
    await a_world.register(scope=SCOPE, resources=(API, CALENDAR), subject_type="pairwise")
    secret_hash = token_hash("the API's")
    await a_world.register(client_id="api", client_secret_hash=secret_hash, client_uri=API)
    tokens = await signed_in(a_world, resource=API)
    as_api = ("api", "the API's")
    told = (await post(a_world, "introspect", as_api, token=tokens["access_token"])).json()
    assert (told["active"], told["client_id"]) == (True, "rp")
    assert told["sub"] == claims_of(tokens["access_token"])["sub"]
    other = await signed_in(a_world, resource=CALENDAR)
    for token in (other["access_token"], tokens["refresh_token"]):
        told = (await post(a_world, "introspect", as_api, token=token)).json()
        assert told == {"active": False}


async def test_neither_kind_of_token_is_taken_for_the_other(a_world: World) -> None:
    """RFC 9068 §5: an ID Token opens nothing, and an access token hints at nobody."""
    await a_world.register(scope=SCOPE, access_token_format="jwt")
    tokens = await signed_in(a_world)
    assert (await a_world.userinfo(tokens["id_token"])).status_code == 401
    told = (await post(a_world, "introspect", token=tokens["id_token"])).json()
    assert told == {"active": False}
    assert (await refresh(a_world, tokens["id_token"])).json()["error"] == "invalid_grant"
    now = a_world.clock.now
    # whatever it says: the type alone keeps it from being a hint
    ring = await a_world.provider.keys.ring(now)
    alike = ring.sign(
        claims_of(tokens["id_token"]), now=now, typ=header_of(tokens["access_token"])["typ"]
    )
    for hint in (tokens["access_token"], alike):
        url = a_world.authorization_url(id_token_hint=hint)
        hinted = parameters_of(await a_world.browser.http.get(url))
        assert hinted["error"] == "invalid_request"
    url = a_world.authorization_url(id_token_hint=tokens["id_token"])
    assert "code" in parameters_of(await a_world.browser.http.get(url))


async def test_a_token_that_was_not_issued_here_opens_nothing_though_we_signed_it(
    a_world: World,
) -> None:
    """It must live in the store: the signature alone is no proof of that."""
    await a_world.register(scope=SCOPE, access_token_format="jwt")
    claims = claims_of((await signed_in(a_world))["access_token"])
    now = a_world.clock.now
    ring = await a_world.provider.keys.ring(now)
    forged = ring.sign(claims | {"jti": "x"}, now=now, typ="at+jwt")
    assert (await a_world.userinfo(forged)).status_code == 401


async def test_a_token_of_the_front_channel_is_opaque(a_world: World) -> None:
    """It is made before it is known whom it is about; who asks us is told what it is for."""
    await a_world.register(scope=SCOPE, resources=(API,), response_types=("code id_token token",))
    answer = await a_world.answer(scope=ASKED, resource=API, response_type="code id_token token")
    assert len(answer["access_token"]) == 43
    told = (await post(a_world, "introspect", token=answer["access_token"])).json()
    assert told["aud"] == API


async def test_a_token_that_a_revoked_key_signed_opens_nothing_and_an_opaque_one_does(
    a_world: World,
) -> None:
    await a_world.register(scope=SCOPE, access_token_format="jwt")
    signed = (await signed_in(a_world))["access_token"]
    assert (await a_world.userinfo(signed)).status_code == 200
    await a_world.provider.store.change_client(
        "rp", lambda client: replace(client, access_token_format="opaque")
    )
    opaque = await signed_in(a_world)
    await a_world.provider.keys.change(revoke([header_of(signed)["kid"]]), a_world.clock.now)
    assert (await a_world.userinfo(signed)).status_code == 401
    told = (await post(a_world, "introspect", token=signed)).json()
    assert told == {"active": False}
    assert (await a_world.userinfo(opaque["access_token"])).status_code == 200
    again = (await refresh(a_world, opaque["refresh_token"])).json()
    assert header_of(again["id_token"])["kid"] != header_of(signed)["kid"]
    hinted = parameters_of(
        await a_world.browser.http.get(a_world.authorization_url(id_token_hint=opaque["id_token"]))
    )
    assert hinted["error"] == "invalid_request"
    fresh = a_world.authorization_url(id_token_hint=again["id_token"])
    assert "code" in parameters_of(await a_world.browser.http.get(fresh))
