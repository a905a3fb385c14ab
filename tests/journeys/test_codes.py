"""Codes and tokens over the wire: RFC 6749 §4.1, OpenID Connect Core 1.0 §3.1.3."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from bridge.app import create_app
from bridge.oidc.access_token import token_hash
from bridge.store import Store
from bridge.store.engine import Steps
from bridge.store.sqlite import SQLiteEngine
from tests.serving import bound, port_of, served
from tests.world import CLIENT_SECRET, REDIRECT_URI, World, pkce_pair

pytestmark = pytest.mark.anyio

T = TypeVar("T")


async def test_a_code_is_redeemed_at_most_once_and_a_replay_revokes_what_it_gave(
    a_world: World,
) -> None:
    """RFC 6749 §4.1.2."""
    await a_world.register()
    code = (await a_world.answer())["code"]
    first = await a_world.redeem(code)
    assert first.status_code == 200
    access_token = first.json()["access_token"]
    assert (await a_world.userinfo(access_token)).status_code == 200
    replay = await a_world.redeem(code)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    dead = await a_world.userinfo(access_token)
    assert dead.status_code == 401
    assert 'error="invalid_token"' in dead.headers["www-authenticate"]


async def test_a_code_that_ended_by_signing_out_is_invalid_and_no_replay(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 6749 §5.2: the log warns of a replay, and there was none."""
    await a_world.register()
    code = (await a_world.answer())["code"]
    stored = await a_world.provider.store.find_code(token_hash(code))
    assert stored is not None
    await a_world.provider.store.end_session(stored.session.sid, now=a_world.clock.now)
    refused = (await a_world.redeem(code)).json()
    assert refused == {
        "error": "invalid_grant",
        "error_description": "code is invalid or expired",
    }
    assert "code.replayed" not in caplog.text


async def test_of_fifty_at_once_one_redeems(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    responses = await asyncio.gather(*(a_world.redeem(code) for _ in range(50)))
    assert sorted(response.status_code for response in responses) == [200] + [400] * 49


class _Hesitant(SQLiteEngine):
    """Lets others go first after each look, as another process would at times."""

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        found = await super().read(verb)
        await asyncio.sleep(0)
        return found


async def test_of_those_who_all_looked_before_one_spent_one_redeems(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    store = Store(_Hesitant(a_world.settings.sqlite_path))
    hesitant = create_app(replace(a_world.provider, store=store))
    with bound() as listener:
        async with served((hesitant, listener)):
            sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
            url = f"http://localhost:{port_of(listener)}/token"
            responses = await asyncio.gather(
                *(
                    a_world.browser.http.post(url, data=sent, auth=("rp", CLIENT_SECRET))
                    for _ in range(20)
                )
            )
    await store.close()
    assert sorted(response.status_code for response in responses) == [200] + [400] * 19


async def test_a_replay_after_the_code_expired_revokes_as_well(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    access_token = (await a_world.redeem(code)).json()["access_token"]
    a_world.clock.wind(61)
    assert (await a_world.redeem(code)).json()["error"] == "invalid_grant"
    assert (await a_world.userinfo(access_token)).status_code == 401


async def test_a_code_lives_sixty_seconds(a_world: World) -> None:
    await a_world.register()
    late, in_time = (await a_world.answer())["code"], (await a_world.answer())["code"]
    a_world.clock.wind(59)
    assert (await a_world.redeem(in_time)).status_code == 200
    a_world.clock.wind(1)
    assert (await a_world.redeem(late)).json()["error"] == "invalid_grant"


async def test_an_access_token_lives_as_long_as_it_says(a_world: World) -> None:
    await a_world.register()
    answer = (await a_world.redeem((await a_world.answer())["code"])).json()
    a_world.clock.wind(answer["expires_in"] - 1)
    assert (await a_world.userinfo(answer["access_token"])).status_code == 200
    a_world.clock.wind(1)
    assert (await a_world.userinfo(answer["access_token"])).status_code == 401


async def test_wrong_client_authentication_leaves_the_code_usable(a_world: World) -> None:
    """golang.org/x/oauth2 probes with one method before the other."""
    await a_world.register()
    code = (await a_world.answer())["code"]
    wrong = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI},
        auth=("rp", "wrong"),
    )
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic ")
    right = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "client_id": "rp",
            "client_secret": CLIENT_SECRET,
        },
    )
    assert right.status_code == 200


async def test_the_former_secret_is_good_in_its_grace_time(a_world: World) -> None:
    client = await a_world.register()
    secrets, now = a_world.provider.client_secrets, a_world.clock.now
    rotated = secrets.rotate(client, "the new secret", now=now, grace=30)
    await a_world.provider.store.change_client("rp", lambda _: rotated)
    code = (await a_world.answer())["code"]
    assert (await a_world.redeem(code)).status_code == 200
    a_world.clock.wind(30)
    code = (await a_world.answer())["code"]
    assert (await a_world.redeem(code)).json()["error"] == "invalid_client"


async def test_another_client_can_neither_use_nor_revoke_a_code(a_world: World) -> None:
    await a_world.register()
    await a_world.register(client_id="other", client_secret_hash=token_hash("other's"))
    code = (await a_world.answer())["code"]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    url = f"{a_world.bridge_url}/token"
    stolen = await a_world.browser.http.post(url, data=sent, auth=("other", "other's"))
    assert stolen.json()["error"] == "invalid_grant"
    answer = await a_world.redeem(code)
    assert answer.status_code == 200
    await a_world.browser.http.post(url, data=sent, auth=("other", "other's"))
    assert (await a_world.userinfo(answer.json()["access_token"])).status_code == 200


@pytest.mark.parametrize("wrong", [{"redirect_uri": REDIRECT_URI + "&more=1"}, {"code": "x" * 43}])
async def test_what_differs_from_the_request_is_invalid_grant(
    a_world: World, wrong: dict[str, str]
) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    refused = await a_world.redeem(**({"code": code} | wrong))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await a_world.redeem(code)).status_code == 200


async def test_a_public_client_proves_itself_by_pkce(a_world: World) -> None:
    """RFC 7636 §4.6."""
    await a_world.register(client_secret_hash=None)
    code_verifier, code_challenge = pkce_pair()
    answer = await a_world.answer(code_challenge=code_challenge, code_challenge_method="S256")
    sent = {
        "grant_type": "authorization_code",
        "client_id": "rp",
        "code": answer["code"],
        "redirect_uri": REDIRECT_URI,
    }
    url = f"{a_world.bridge_url}/token"
    for wrong in ({}, {"code_verifier": pkce_pair()[0]}):
        refused = await a_world.browser.http.post(url, data=sent | wrong)
        assert refused.json()["error"] == "invalid_grant"
    proven = await a_world.browser.http.post(url, data=sent | {"code_verifier": code_verifier})
    assert proven.status_code == 200


async def test_the_token_response_is_what_consumers_expect(a_world: World) -> None:
    """RFC 6749 §5.1."""
    await a_world.register()
    response = await a_world.redeem((await a_world.answer())["code"])
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["scope"] == "openid profile email"
    assert len(answer["access_token"]) == 43
    claims = await _verified(a_world, answer["id_token"])
    assert claims["nonce"] == "the nonce"
    assert claims["aud"] == "rp"
    assert "azp" not in claims
    userinfo = (await a_world.userinfo(answer["access_token"])).json()
    assert userinfo.items() <= claims.items()


async def test_a_client_may_have_its_id_tokens_signed_with_es256(a_world: World) -> None:
    await a_world.register(id_token_signed_response_alg="ES256")
    answer = (await a_world.redeem((await a_world.answer())["code"])).json()
    assert (await _verified(a_world, answer["id_token"], "ES256"))["sub"]


async def test_without_the_scope_openid_there_is_no_id_token(a_world: World) -> None:
    await a_world.register()
    answer = await a_world.answer(scope="profile")
    response = (await a_world.redeem(answer["code"])).json()
    assert "id_token" not in response
    refused = await a_world.userinfo(response["access_token"])
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


async def _published(opened: World) -> list[dict[str, str]]:
    response = await opened.browser.http.get(f"{opened.bridge_url}/jwks")
    keys: list[dict[str, str]] = response.json()["keys"]
    return keys


async def _verified(opened: World, id_token: str, algorithm: str = "RS256") -> dict[str, object]:
    keys = KeySet.import_key_set({"keys": await _published(opened)})  # type: ignore[typeddict-item]
    return dict(jwt.decode(id_token, keys, algorithms=[algorithm]).claims)
