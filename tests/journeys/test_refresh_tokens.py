"""Refresh tokens over the wire: RFC 6749 §6, OpenID Connect Core 1.0 §11 and §12."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import httpx
import pytest

from bridge.app import create_app
from bridge.oidc.access_token import token_hash
from bridge.store import Store
from bridge.store.engine import Steps
from bridge.store.sqlite import SQLiteEngine
from tests.serving import bound, port_of, served
from tests.world import CLIENT_SECRET, World, claims_of, pkce_pair

pytestmark = pytest.mark.anyio

T = TypeVar("T")

SCOPE = ("openid", "profile", "email", "offline_access")
ASKED = " ".join(SCOPE)
DAY = 86_400
GRACE = 60
AS_RP = ("rp", CLIENT_SECRET)


async def confidential(a_world: World, **members: Any) -> dict[str, Any]:
    """Register a client with a secret, sign in, and return its first Token Response."""
    await a_world.register(scope=SCOPE, **members)
    answer = await a_world.redeem((await a_world.answer(scope=ASKED))["code"])
    tokens: dict[str, Any] = answer.json()
    return tokens


async def public(a_world: World) -> dict[str, Any]:
    """The same for a client without one."""
    await a_world.register(scope=SCOPE, client_secret_hash=None)
    code_verifier, code_challenge = pkce_pair()
    answer = await a_world.answer(
        scope=ASKED, code_challenge=code_challenge, code_challenge_method="S256"
    )
    form = {
        "grant_type": "authorization_code",
        "client_id": "rp",
        "code": answer["code"],
        "redirect_uri": "http://127.0.0.1:9/callback?kept=1",
        "code_verifier": code_verifier,
    }
    response = await a_world.browser.http.post(f"{a_world.bridge_url}/token", data=form)
    tokens: dict[str, Any] = response.json()
    return tokens


async def refresh(
    a_world: World,
    refresh_token: str,
    *,
    auth: tuple[str, str] | None = AS_RP,
    url: str | None = None,
    **form: str,
) -> httpx.Response:
    """``auth`` is None for a public client."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token} | form
    address = f"{url or a_world.bridge_url}/token"
    if auth is None:
        return await a_world.browser.http.post(address, data={**form, "client_id": "rp"})
    return await a_world.browser.http.post(address, data=form, auth=auth)


async def is_good(a_world: World, access_token: str) -> bool:
    return (await a_world.userinfo(access_token)).status_code == 200


def refused(response: httpx.Response, error: str = "invalid_grant") -> bool:
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    return (response.status_code, response.json()["error"]) == (400, error)


async def test_a_client_that_asks_for_offline_access_is_given_a_refresh_token(
    a_world: World,
) -> None:
    """Core §11, §12.2; what the suite's oidcc-refresh-token demands."""
    first = await confidential(a_world)
    assert first["scope"] == ASKED
    assert len(first["refresh_token"]) == 43
    a_world.clock.wind(1800)
    response = await refresh(a_world, first["refresh_token"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    second = response.json()
    assert (second["token_type"], second["expires_in"], second["scope"]) == ("Bearer", 3600, ASKED)
    assert second["access_token"] != first["access_token"]
    assert await is_good(a_world, first["access_token"])
    assert await is_good(a_world, second["access_token"])

    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert after["iat"] == before["iat"] + 1800
    same = ("iss", "sub", "aud", "auth_time", "sid", "acr", "amr", "name", "email")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert "nonce" not in after
    assert "azp" not in after
    assert after["at_hash"] != before["at_hash"]


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [(SCOPE, "openid profile"), (("openid", "profile"), "openid profile offline_access")],
)
async def test_without_offline_access_there_is_none(
    a_world: World, allowed: tuple[str, ...], asked: str
) -> None:
    """Core §11."""
    await a_world.register(scope=allowed)
    answer = (await a_world.redeem((await a_world.answer(scope=asked))["code"])).json()
    assert answer["scope"] == "openid profile"
    assert "refresh_token" not in answer


async def test_an_answer_of_the_front_channel_alone_has_none(a_world: World) -> None:
    """Core §11: ignored unless the response type has a code."""
    await a_world.register(scope=SCOPE, response_types=("id_token token", "code id_token token"))
    implicit = await a_world.answer(scope=ASKED, response_type="id_token token")
    assert implicit["scope"] == "openid profile email"
    assert "refresh_token" not in implicit
    hybrid = await a_world.answer(scope=ASKED, response_type="code id_token token")
    assert hybrid["scope"] == ASKED
    assert "refresh_token" not in hybrid
    assert "refresh_token" in (await a_world.redeem(hybrid["code"])).json()


async def test_a_confidential_client_keeps_its_token_until_it_is_old(a_world: World) -> None:
    token = (await confidential(a_world))["refresh_token"]
    for _ in range(2):
        a_world.clock.wind(10 * DAY)
        assert (await refresh(a_world, token)).json()["refresh_token"] == token
    a_world.clock.wind(2 * DAY)
    successor = (await refresh(a_world, token)).json()["refresh_token"]
    assert successor != token
    assert (await refresh(a_world, successor)).json()["refresh_token"] == successor


async def test_use_keeps_a_token_alive_and_its_end_is_its_end(a_world: World) -> None:
    """Settings refresh_token_idle_lifetime and refresh_token_lifetime."""
    tokens = await confidential(a_world)
    for _ in range(4):
        a_world.clock.wind(20 * DAY)
        tokens = (await refresh(a_world, tokens["refresh_token"])).json()
    a_world.clock.wind(10 * DAY)
    assert refused(await refresh(a_world, tokens["refresh_token"]))


async def test_a_token_that_is_not_used_ends(a_world: World) -> None:
    first = await confidential(a_world)
    a_world.clock.wind(30 * DAY)
    assert refused(await refresh(a_world, first["refresh_token"]))


async def test_a_public_clients_token_is_rotated_and_its_successor_told_again_for_a_moment(
    a_world: World,
) -> None:
    """RFC 9700 §4.14.2, and an answer that was lost on its way."""
    first = await public(a_world)
    second = (await refresh(a_world, first["refresh_token"], auth=None)).json()
    assert second["refresh_token"] != first["refresh_token"]
    a_world.clock.wind(GRACE - 1)
    again = (await refresh(a_world, first["refresh_token"], auth=None)).json()
    assert again["refresh_token"] == second["refresh_token"]
    assert again["access_token"] != second["access_token"]
    third = (await refresh(a_world, second["refresh_token"], auth=None)).json()
    assert third["refresh_token"] not in (first["refresh_token"], second["refresh_token"])
    assert await is_good(a_world, third["access_token"])


async def test_a_token_that_comes_again_later_ends_all_that_the_grant_gave(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 9700 §4.14.2: one of the two has stolen it."""
    first = await public(a_world)
    second = (await refresh(a_world, first["refresh_token"], auth=None)).json()
    a_world.clock.wind(GRACE)
    assert refused(await refresh(a_world, first["refresh_token"], auth=None))
    assert refused(await refresh(a_world, second["refresh_token"], auth=None))
    assert refused(await refresh(a_world, first["refresh_token"], auth=None))
    for answer in (first, second):
        assert not await is_good(a_world, answer["access_token"])
    events = [line for line in caplog.messages if line.startswith("refresh_token.reused")]
    assert len(events) == 1
    assert "client_id=rp" in events[0]
    assert first["refresh_token"] not in caplog.text


async def test_the_successor_is_told_to_the_bearer_alone(a_world: World) -> None:
    """Whoever reads the database learns neither token."""
    first = await public(a_world)
    second = (await refresh(a_world, first["refresh_token"], auth=None)).json()
    files = [file.read_bytes() for file in a_world.folder.glob("bridge.db*")]
    for token in (first["refresh_token"], second["refresh_token"], second["access_token"]):
        assert not any(token.encode() in content for content in files)


class _Hesitant(SQLiteEngine):
    """Lets others go first after each look, as another process would at times."""

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        found = await super().read(verb)
        await asyncio.sleep(0)
        return found


@asynccontextmanager
async def another_bridge(a_world: World) -> AsyncGenerator[str]:
    """The address of a second bridge on the same database, with a connection of its own."""
    store = Store(_Hesitant(a_world.settings.sqlite_path))
    with bound() as listener:
        async with served((create_app(replace(a_world.provider, store=store)), listener)):
            yield f"http://localhost:{port_of(listener)}"
    await store.close()


async def test_fifty_at_once_at_two_bridges_are_told_one_successor(a_world: World) -> None:
    first = await public(a_world)
    async with another_bridge(a_world) as other:
        urls = [a_world.bridge_url, other] * 25
        responses = await asyncio.gather(
            *(refresh(a_world, first["refresh_token"], auth=None, url=url) for url in urls)
        )
    assert {response.status_code for response in responses} == {200}
    assert len({response.json()["refresh_token"] for response in responses}) == 1
    assert len({response.json()["access_token"] for response in responses}) == 50


async def test_those_who_looked_before_a_confidential_clients_token_was_rotated_follow(
    a_world: World,
) -> None:
    """Some judge it at the last moment of its youth, others at the first of its age."""
    first = await confidential(a_world)
    a_world.clock.wind(21 * DAY + 1)
    async with another_bridge(a_world) as other:
        responses = await asyncio.gather(
            *(refresh(a_world, first["refresh_token"], url=other) for _ in range(10))
        )
    assert len({response.json()["refresh_token"] for response in responses}) == 1


async def test_another_client_neither_uses_nor_ends_a_token(a_world: World) -> None:
    """RFC 6749 §6; the suite's second client."""
    first = await confidential(a_world)
    await a_world.register(client_id="other", client_secret_hash=token_hash("other's"), scope=SCOPE)
    stolen = await refresh(a_world, first["refresh_token"], auth=("other", "other's"))
    assert refused(stolen)
    assert (await refresh(a_world, first["refresh_token"])).status_code == 200


async def test_wrong_client_authentication_leaves_the_token_usable(a_world: World) -> None:
    first = await confidential(a_world)
    wrong = await refresh(a_world, first["refresh_token"], auth=("rp", "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    nobody = await refresh(a_world, first["refresh_token"], auth=None)
    assert (nobody.status_code, nobody.json()["error"]) == (401, "invalid_client")
    assert (await refresh(a_world, first["refresh_token"])).status_code == 200


async def test_a_refresh_may_narrow_the_scope_of_the_access_token_alone(a_world: World) -> None:
    """RFC 6749 §6."""
    first = await confidential(a_world)
    narrow = (await refresh(a_world, first["refresh_token"], scope="openid")).json()
    assert narrow["scope"] == "openid"
    assert "name" not in claims_of(narrow["id_token"])
    assert (await a_world.userinfo(narrow["access_token"])).json().keys() == {"sub"}
    without = (await refresh(a_world, first["refresh_token"], scope="profile")).json()
    assert "id_token" not in without
    assert (await a_world.userinfo(without["access_token"])).status_code == 403
    assert (await refresh(a_world, first["refresh_token"])).json()["scope"] == ASKED


@pytest.mark.parametrize("scope", ["openid wechat", "openid unheard"])
async def test_a_scope_that_was_not_granted_is_refused_and_costs_nothing(
    a_world: World, scope: str
) -> None:
    """RFC 6749 §6."""
    first = await confidential(a_world)
    assert refused(await refresh(a_world, first["refresh_token"], scope=scope), "invalid_scope")
    assert (await refresh(a_world, first["refresh_token"])).status_code == 200


async def test_the_person_is_told_no_new_token_once_they_may_not_enter(a_world: World) -> None:
    first = await confidential(a_world)
    change = a_world.provider.store.change_client
    await change("rp", lambda client: replace(client, access=("somebody else",)))
    assert refused(await refresh(a_world, first["refresh_token"]))
    subject = claims_of(first["id_token"])["sub"]
    await change("rp", lambda client: replace(client, access=(subject,)))
    assert (await refresh(a_world, first["refresh_token"])).status_code == 200
    await change("rp", lambda client: replace(client, scope=("openid",)))
    assert refused(await refresh(a_world, first["refresh_token"]))


async def test_a_refresh_token_outlives_the_browsers_session_and_not_a_logout(
    a_world: World,
) -> None:
    first = await confidential(a_world)
    a_world.clock.wind(2 * DAY)
    await a_world.provider.store.forget_expired(now=a_world.clock.now)
    second = await refresh(a_world, first["refresh_token"])
    assert second.status_code == 200

    third = (await a_world.redeem((await a_world.answer(scope=ASKED))["code"])).json()
    url = f"{a_world.bridge_url}/end_session"
    await a_world.browser.http.get(url, params={"id_token_hint": third["id_token"]})
    assert refused(await refresh(a_world, third["refresh_token"]))


async def test_a_refresh_token_ends_with_its_client(a_world: World) -> None:
    first = await confidential(a_world)
    await a_world.provider.store.remove_client("rp")
    gone = await refresh(a_world, first["refresh_token"])
    assert (gone.status_code, gone.json()["error"]) == (401, "invalid_client")
    await a_world.register(scope=SCOPE)
    assert refused(await refresh(a_world, first["refresh_token"]))


async def test_a_replayed_code_ends_the_refresh_token_as_well(a_world: World) -> None:
    """RFC 6749 §4.1.2, also when the code has long expired."""
    await a_world.register(scope=SCOPE)
    code = (await a_world.answer(scope=ASKED))["code"]
    first = (await a_world.redeem(code)).json()
    a_world.clock.wind(5 * DAY)
    await a_world.provider.store.forget_expired(now=a_world.clock.now)
    assert refused(await a_world.redeem(code))
    assert refused(await refresh(a_world, first["refresh_token"]))


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "unheard"])
async def test_to_revoke_a_refresh_token_is_to_revoke_the_grant(a_world: World, hint: str) -> None:
    """RFC 7009 §2.1; the hint is only a hint."""
    first = await confidential(a_world)
    second = (await refresh(a_world, first["refresh_token"])).json()
    form = {"token": first["refresh_token"], "token_type_hint": hint}
    url, auth = f"{a_world.bridge_url}/revoke", AS_RP
    assert (await a_world.browser.http.post(url, data=form, auth=auth)).status_code == 200
    assert refused(await refresh(a_world, first["refresh_token"]))
    for answer in (first, second):
        assert not await is_good(a_world, answer["access_token"])


async def test_to_revoke_an_access_token_is_to_revoke_that_token(a_world: World) -> None:
    """RFC 7009 §2.1."""
    first = await confidential(a_world)
    url, auth = f"{a_world.bridge_url}/revoke", AS_RP
    form = {"token": first["access_token"], "token_type_hint": "refresh_token"}
    assert (await a_world.browser.http.post(url, data=form, auth=auth)).status_code == 200
    assert not await is_good(a_world, first["access_token"])
    assert (await refresh(a_world, first["refresh_token"])).status_code == 200


async def test_a_client_learns_of_its_refresh_token_which_is_no_bearer_token(
    a_world: World,
) -> None:
    """RFC 7662 §2.2."""
    first = await confidential(a_world)
    url, auth = f"{a_world.bridge_url}/introspect", AS_RP
    form = {"token": first["refresh_token"]}
    told = (await a_world.browser.http.post(url, data=form, auth=auth)).json()
    assert told["active"] is True
    assert told["exp"] == a_world.clock.now + 30 * DAY
    assert told["scope"] == ASKED
    assert "token_type" not in told
    assert not await is_good(a_world, first["refresh_token"])
    a_world.clock.wind(30 * DAY)
    told = (await a_world.browser.http.post(url, data=form, auth=auth)).json()
    assert told == {"active": False}


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5_000, "é"])
async def test_what_is_no_refresh_token_is_refused(a_world: World, token: str) -> None:
    first = await confidential(a_world)
    error = "invalid_request" if not token else "invalid_grant"
    assert refused(await refresh(a_world, token), error)
    assert refused(await refresh(a_world, first["access_token"]))
    assert refused(await a_world.redeem(first["refresh_token"]))
