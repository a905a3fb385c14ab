"""Revocation and introspection over the wire: RFC 7009, RFC 7662."""

import httpx
import pytest

from bridge.oidc.access_token import token_hash
from tests.world import CLIENT_SECRET, World, parameters_of

pytestmark = pytest.mark.anyio


async def ask(
    a_world: World, path: str, client_id: str = "rp", secret: str = CLIENT_SECRET, **form: str
) -> httpx.Response:
    return await a_world.browser.http.post(
        f"{a_world.bridge_url}/{path}", data=form, auth=(client_id, secret)
    )


async def access_token(a_world: World) -> str:
    token: str = (await a_world.redeem((await a_world.answer())["code"])).json()["access_token"]
    return token


async def test_a_client_learns_of_its_token_while_it_is_good(a_world: World) -> None:
    await a_world.register()
    token = await access_token(a_world)
    told = await ask(a_world, "introspect", token=token, token_type_hint="access_token")
    assert told.headers["cache-control"] == "no-store"
    assert told.json() == {
        "active": True,
        "iss": a_world.bridge_url,
        "sub": (await a_world.userinfo(token)).json()["sub"],
        "client_id": "rp",
        "scope": "openid profile email",
        "token_type": "Bearer",
        "exp": a_world.clock.now + 3600,
    }
    a_world.clock.wind(3600)
    assert (await ask(a_world, "introspect", token=token)).json() == {"active": False}


async def test_of_another_clients_token_it_learns_nothing_and_ends_nothing(a_world: World) -> None:
    await a_world.register()
    secret_hash = token_hash("another secret")
    await a_world.register(client_id="other", client_secret_hash=secret_hash)
    token = await access_token(a_world)
    told = await ask(a_world, "introspect", "other", "another secret", token=token)
    assert told.json() == {"active": False}
    revoked = await ask(a_world, "revoke", "other", "another secret", token=token)
    assert revoked.status_code == 200
    assert (await a_world.userinfo(token)).status_code == 200


async def test_a_client_ends_its_token(a_world: World) -> None:
    await a_world.register()
    token = await access_token(a_world)
    for _ in range(2):
        revoked = await ask(a_world, "revoke", token=token, token_type_hint="unheard")
        assert (revoked.status_code, revoked.content) == (200, b"")
    assert (await a_world.userinfo(token)).status_code == 401
    assert (await ask(a_world, "introspect", token=token)).json() == {"active": False}


@pytest.mark.parametrize("path", ["revoke", "introspect"])
async def test_who_does_not_prove_who_it_is_is_told_nothing(a_world: World, path: str) -> None:
    await a_world.register()
    wrong = await ask(a_world, path, secret="wrong", token="unknown")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    missing = await ask(a_world, path)
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    assert (await a_world.browser.http.get(f"{a_world.bridge_url}/{path}")).status_code == 405


async def test_a_public_client_revokes_and_does_not_introspect(a_world: World) -> None:
    await a_world.register(client_secret_hash=None)
    sent = {"client_id": "rp", "token": "unknown"}
    http, url = a_world.browser.http, a_world.bridge_url
    assert (await http.post(f"{url}/revoke", data=sent)).status_code == 200
    refused = await http.post(f"{url}/introspect", data=sent)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_client_that_ends_its_refresh_token_signs_no_browser_out(a_world: World) -> None:
    """RFC 7009 §2.1: the grant ends, and the person is as signed in as before."""
    await a_world.register(scope=("openid", "offline_access"))
    answer = await a_world.answer(scope="openid offline_access")
    tokens = (await a_world.redeem(answer["code"])).json()
    assert (await ask(a_world, "revoke", token=tokens["refresh_token"])).status_code == 200
    assert (await a_world.userinfo(tokens["access_token"])).status_code == 401
    silent = await a_world.browser.http.get(a_world.authorization_url(prompt="none"))
    assert "code" in parameters_of(silent)
