"""Clients that register themselves, over sockets: RFC 7591, RFC 7592."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.oidc.access_token import token_hash
from tests.world import REDIRECT_URI, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

TOKEN = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"
OPEN = {"BRIDGE_REGISTRATION_MODE": "open", "BRIDGE_REGISTRATION_ACCESS": "anyone"}
SITE = "https://rp.example/callback"


@pytest.fixture
async def open_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=OPEN)) as opened:
        yield opened


async def ask(
    a_world: World, method: str, url: str, token: str | None = None, **sent: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return await a_world.browser.http.request(method, url, headers=headers, **sent)


async def post(a_world: World, token: str | None = None, **metadata: Any) -> httpx.Response:
    sent = {"redirect_uris": [SITE]} | metadata
    return await ask(a_world, "POST", f"{a_world.bridge_url}/register", token, json=sent)


async def register(a_world: World, **metadata: Any) -> dict[str, Any]:
    answer = await post(a_world, **metadata)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def manage(a_world: World, method: str, told: dict[str, Any], **sent: Any) -> httpx.Response:
    url, token = told["registration_client_uri"], told["registration_access_token"]
    return await ask(a_world, method, url, token, **sent)


async def allowed(
    a_world: World, client_id: str, scope: str = "openid profile email"
) -> dict[str, str]:
    """Sign in, let the client know who it is, and return its answer."""
    url = await a_world.callback_url(client_id=client_id, scope=scope)
    page = await a_world.browser.open(url)
    return parameters_of(await a_world.browser.send(page, "allow", follow_redirects=False))


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]


# POST /register


async def test_a_client_that_registers_itself_signs_people_in(open_world: World) -> None:
    """RFC 7591 §3.2.1."""
    answer = await post(open_world, redirect_uris=[REDIRECT_URI], client_name="Photos")
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["client_id_issued_at"] == open_world.clock.now
    assert told["client_secret_expires_at"] == 0
    assert (
        told["registration_client_uri"] == f"{open_world.bridge_url}/register/{told['client_id']}"
    )
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert (told["client_name"], told["scope"]) == ("Photos", "openid profile email")

    client_id = told["client_id"]
    code = (await allowed(open_world, client_id))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    http, url = open_world.browser.http, f"{open_world.bridge_url}/token"
    by_nobody = await http.post(url, data={**form, "client_id": client_id})
    assert refused(by_nobody) == (401, "invalid_client")
    tokens = await http.post(url, data=form, auth=(client_id, told["client_secret"]))
    assert claims_of(tokens.json()["id_token"])["aud"] == client_id


async def test_what_it_gets_is_what_the_operator_lets_such_clients_have(
    tmp_path: Path, clock: Clock
) -> None:
    settings = {"BRIDGE_REGISTRATION_MODE": "open", "BRIDGE_REGISTRATION_SCOPES": "openid,email"}
    async with world(tmp_path, clock, Plan(settings=settings)) as opened:
        told = await register(opened, scope="openid profile wechat groups email")
        assert told["scope"] == "openid email"
        assert (await register(opened))["scope"] == "openid email"
        assert refused(await post(opened, scope="wechat")) == (400, "invalid_client_metadata")
        client = await opened.provider.store.client(told["client_id"])
        assert client is not None
        assert client.is_self_registered
        assert (client.access, client.consent) == ((), "remember")
        assert told["client_secret"] not in repr(client)
        assert told["registration_access_token"] not in repr(client)


@pytest.mark.parametrize(("more", "refreshes"), [("", False), (",offline_access", True)])
async def test_it_gets_refresh_tokens_only_if_the_operator_lets_it(
    tmp_path: Path, clock: Clock, more: str, *, refreshes: bool
) -> None:
    settings = OPEN | {"BRIDGE_REGISTRATION_SCOPES": f"openid{more}"}
    async with world(tmp_path, clock, Plan(settings=settings)) as opened:
        told = await register(
            opened,
            redirect_uris=[REDIRECT_URI],
            grant_types=["authorization_code", "refresh_token"],
        )
        assert ("refresh_token" in told["grant_types"]) is refreshes
        client_id = told["client_id"]
        answer = await allowed(opened, client_id, scope="openid offline_access wechat")
        tokens = await opened.browser.http.post(
            f"{opened.bridge_url}/token",
            data={"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, **answer},
            auth=(client_id, told["client_secret"]),
        )
        assert ("refresh_token" in tokens.json()) is refreshes
        assert "wechat_openid" not in claims_of(tokens.json()["id_token"])


async def test_by_default_nobody_registers_and_nothing_says_that_they_could(
    a_world: World,
) -> None:
    assert refused(await post(a_world)) == (403, "access_denied")
    metadata = await a_world.browser.http.get(
        f"{a_world.bridge_url}/.well-known/openid-configuration"
    )
    assert "registration_endpoint" not in metadata.json()


async def test_a_client_shows_the_token_that_the_operator_gave_out(
    tmp_path: Path, clock: Clock
) -> None:
    """RFC 7591 §3: an initial access token."""
    second = TOKEN[::-1]
    settings = {
        "BRIDGE_REGISTRATION_MODE": "token",
        "BRIDGE_REGISTRATION_TOKENS": f"{TOKEN},{second}",
    }
    async with world(tmp_path, clock, Plan(settings=settings)) as opened:
        metadata = await opened.browser.http.get(
            f"{opened.bridge_url}/.well-known/openid-configuration"
        )
        assert metadata.json()["registration_endpoint"] == f"{opened.bridge_url}/register"
        nothing = await post(opened)
        assert (nothing.status_code, nothing.content) == (401, b"")
        assert nothing.headers["www-authenticate"] == 'Bearer realm="register"'
        wrong = await post(opened, token=TOKEN[:-1])
        assert refused(wrong) == (401, "invalid_token")
        assert wrong.headers["www-authenticate"].startswith(
            'Bearer realm="register", error="invalid_token"'
        )
        assert await opened.provider.store.clients() == [await opened.provider.store.client("demo")]
        for token in (TOKEN, second, TOKEN):
            assert (await post(opened, token=token)).status_code == 201


async def test_what_is_no_registration_is_refused_with_the_reason(open_world: World) -> None:
    """RFC 7591 §3.2.2."""
    many = [f"{SITE}/{number}" for number in range(21)]
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"data": {"client_name": "x"}}, "invalid_request"),
        ({"content": b"{}"}, "invalid_request"),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, "invalid_request"),
        ({"json": []}, "invalid_client_metadata"),
        ({"json": {}}, "invalid_redirect_uri"),
        ({"json": {"redirect_uris": [f"{SITE}#fragment"]}}, "invalid_redirect_uri"),
        ({"json": {"redirect_uris": many}}, "invalid_redirect_uri"),
        ({"json": {"redirect_uris": [SITE], "contacts": 1}}, "invalid_client_metadata"),
    ]
    http, url = open_world.browser.http, f"{open_world.bridge_url}/register"
    for sent, error in refusals:
        answer = await http.post(url, **sent)
        assert refused(answer) == (400, error)
        assert answer.headers["content-type"] == "application/json"
    too_large = await http.post(url, json={"client_name": "x" * 70_000})
    assert refused(too_large) == (413, "invalid_request")
    as_json = {"Content-Type": "Application/JSON; charset=utf-8"}
    for body in (b"[" * 60_000, b'{"a":' * 10_000, b"\xff", b'"\\ud800"', b""):
        answer = await http.post(url, content=body, headers=as_json)
        assert refused(answer) == (400, "invalid_client_metadata")


async def test_a_public_client_has_no_secret(open_world: World) -> None:
    told = await register(
        open_world,
        token_endpoint_auth_method="none",
        redirect_uris=["http://127.0.0.1:33418/", "http://127.0.0.1/"],
    )
    assert "client_secret" not in told
    assert "client_secret_expires_at" not in told
    assert told["application_type"] == "native"
    asked = open_world.authorization_url(
        client_id=told["client_id"], redirect_uri="http://127.0.0.1:4567/"
    )
    answer = await open_world.browser.http.get(asked)
    assert answer.headers["location"].startswith("http://127.0.0.1:4567/?error=invalid_request")
    assert "code_challenge" in answer.headers["location"]


# GET, PUT and DELETE /register/{client_id}


async def test_a_client_reads_its_registration(open_world: World) -> None:
    """RFC 7592 §2.1."""
    told = await register(open_world, initiate_login_uri="https://rp.example/login")
    for _ in range(2):
        answer = await manage(open_world, "GET", told)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        once = {"client_secret", "client_id_issued_at"}
        assert answer.json() == {name: told[name] for name in told.keys() - once}
        assert answer.json()["initiate_login_uri"] == "https://rp.example/login"


async def test_an_update_replaces_all_that_was_registered_and_the_token(open_world: World) -> None:
    """RFC 7592 §2.2."""
    told = await register(open_world, client_uri="https://rp.example", contacts=["a@rp.example"])
    sent = {
        "client_id": told["client_id"],
        "client_secret": told["client_secret"],
        "redirect_uris": [f"{SITE}/new"],
        "client_name": "New",
    }
    answer = await manage(open_world, "PUT", told, json=sent)
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["redirect_uris"], changed["client_name"]) == ([f"{SITE}/new"], "New")
    assert not {"client_uri", "contacts", "client_secret"} & changed.keys()
    assert changed["registration_access_token"] != told["registration_access_token"]
    for method in ("GET", "PUT", "DELETE"):
        assert refused(await manage(open_world, method, told, json=sent)) == (401, "invalid_token")
    assert (await manage(open_world, "GET", changed)).json() == changed


async def test_a_client_that_sends_back_what_it_was_told_is_as_before(open_world: World) -> None:
    told = await register(open_world, default_max_age=0, client_name="Photos 照片")
    before = await open_world.provider.store.client(told["client_id"])
    changed = (await manage(open_world, "PUT", told, json=told)).json()
    once = {"client_secret", "client_id_issued_at", "registration_access_token"}
    assert changed.keys() == told.keys() - (once - {"registration_access_token"})
    assert {name: changed[name] for name in told.keys() - once} == {
        name: told[name] for name in told.keys() - once
    }
    after = await open_world.provider.store.client(told["client_id"])
    assert before is not None
    assert after is not None
    assert after.token_endpoint_auth_method is None
    assert after.client_secret_hash == before.client_secret_hash


async def test_what_the_operator_decided_stays_when_a_client_changes_itself(
    open_world: World,
) -> None:
    told = await register(open_world)
    await open_world.provider.store.change_client(
        told["client_id"],
        lambda known: replace(known, access=("u-1",), scope=(*known.scope, "wechat")),
    )
    sent = {"client_id": told["client_id"], "redirect_uris": [SITE], "scope": "openid wechat"}
    changed = (await manage(open_world, "PUT", told, json=sent)).json()
    assert changed["scope"] == "openid wechat"
    client = await open_world.provider.store.client(told["client_id"])
    assert client is not None
    assert client.access == ("u-1",)
    assert client.is_self_registered


async def test_a_client_that_becomes_another_has_to_ask_people_anew(open_world: World) -> None:
    told = await register(open_world, client_name="Photos")
    asked = open_world.authorization_url(
        client_id=told["client_id"], redirect_uri=SITE, prompt="none"
    )
    callback = await open_world.callback_url(client_id=told["client_id"], redirect_uri=SITE)
    page = await open_world.browser.open(callback)
    await open_world.browser.send(page, "allow", follow_redirects=False)
    sent = {"client_id": told["client_id"], "redirect_uris": [SITE], "client_name": "Photos"}
    for name, answered in (("Photos", "code="), ("Bank", "error=consent_required")):
        told = (await manage(open_world, "PUT", told, json=sent | {"client_name": name})).json()
        answer = await open_world.browser.http.get(asked)
        assert answered in answer.headers["location"]


async def test_a_secret_comes_and_goes_with_the_way_to_authenticate(open_world: World) -> None:
    told = await register(open_world, token_endpoint_auth_method="none")
    sent: dict[str, Any] = {"client_id": told["client_id"], "redirect_uris": [SITE]}
    with_secret = (await manage(open_world, "PUT", told, json=sent)).json()
    assert with_secret["client_secret"]
    assert with_secret["client_secret_expires_at"] == 0
    public = {**sent, "token_endpoint_auth_method": "none"}
    without = (await manage(open_world, "PUT", with_secret, json=public)).json()
    assert not {"client_secret", "client_secret_expires_at"} & without.keys()
    assert without["token_endpoint_auth_method"] == "none"


async def test_a_secret_that_signs_is_kept_for_that(open_world: World) -> None:
    """OpenID Connect Core 1.0 §9, client_secret_jwt: what else it is used for is nothing."""
    method = "token_endpoint_auth_method"
    told = await register(open_world, **{method: "client_secret_jwt"})
    secrets, now = open_world.provider.client_secrets, open_world.clock.now
    client = await open_world.provider.store.client(told["client_id"])
    assert client is not None
    assert client.client_secret_hash is None
    assert secrets.open(client, now=now) == told["client_secret"]
    assert told["client_secret_expires_at"] == 0

    wrong = {"client_id": told["client_id"], "redirect_uris": [SITE], "client_secret": "wrong"}
    assert refused(await manage(open_world, "PUT", told, json=wrong))[0] == 400
    same = (await manage(open_world, "PUT", told, json=told)).json()
    assert "client_secret" not in same
    client = await open_world.provider.store.client(told["client_id"])
    assert client is not None
    assert secrets.open(client, now=now) == told["client_secret"]

    sent = {"client_id": told["client_id"], "redirect_uris": [SITE]}
    posts = {**sent, method: "client_secret_post"}
    sends = (await manage(open_world, "PUT", same, json=posts)).json()
    assert sends["client_secret"] != told["client_secret"]
    signs = {**sent, method: "client_secret_jwt"}
    again = (await manage(open_world, "PUT", sends, json=signs)).json()
    assert again["client_secret"] not in {sends["client_secret"], told["client_secret"]}
    client = await open_world.provider.store.client(told["client_id"])
    assert client is not None
    assert (client.client_secret_hash, secrets.open(client, now=now)) == (
        None,
        again["client_secret"],
    )


async def test_an_update_that_is_refused_changes_nothing(open_world: World) -> None:
    told = await register(open_world)
    before = await open_world.provider.store.client(told["client_id"])
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"client_id": None}, "invalid_client_metadata"),
        ({"client_id": "demo"}, "invalid_client_metadata"),
        ({"client_secret": "another"}, "invalid_client_metadata"),
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"jwks_uri": "http://rp.example/keys"}, "invalid_client_metadata"),
    ]
    for changed, error in refusals:
        sent = {"client_id": told["client_id"], "redirect_uris": [SITE]} | changed
        assert refused(await manage(open_world, "PUT", told, json=sent)) == (400, error)
    assert await open_world.provider.store.client(told["client_id"]) == before


async def test_of_two_updates_at_once_one_is_made(open_world: World) -> None:
    told = await register(open_world)
    sent = [
        {"client_id": told["client_id"], "redirect_uris": [SITE], "client_name": name}
        for name in ("one", "two", "three")
    ]
    answers = await asyncio.gather(
        *(manage(open_world, "PUT", told, json=metadata) for metadata in sent)
    )
    made = [answer.json() for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    assert (await manage(open_world, "GET", made[0])).json() == made[0]


async def test_an_update_and_a_removal_at_once_leave_one_of_the_two(open_world: World) -> None:
    for _ in range(3):
        told = await register(open_world)
        sent = {"client_id": told["client_id"], "redirect_uris": [SITE]}
        update, removal = await asyncio.gather(
            manage(open_world, "PUT", told, json=sent), manage(open_world, "DELETE", told)
        )
        assert (update.status_code, removal.status_code) in {(200, 401), (401, 204)}
        left = await open_world.provider.store.client(told["client_id"])
        assert (left is None) == (removal.status_code == 204)


async def test_a_client_that_removes_itself_ends_all_that_it_had(open_world: World) -> None:
    """RFC 7592 §2.3."""
    told = await register(open_world, redirect_uris=[REDIRECT_URI])
    client_id = told["client_id"]
    answer = await allowed(open_world, client_id)
    tokens = await open_world.browser.http.post(
        f"{open_world.bridge_url}/token",
        data={"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, **answer},
        auth=(client_id, told["client_secret"]),
    )
    access_token = tokens.json()["access_token"]
    unspent = await allowed(open_world, client_id)

    removed = await manage(open_world, "DELETE", told)
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await open_world.userinfo(access_token)).status_code == 401
    assert await open_world.provider.store.find_code(token_hash(unspent["code"])) is None
    page = await open_world.browser.open(open_world.authorization_url(client_id=client_id))
    assert page.text("error") == "invalid_request"
    for method in ("GET", "DELETE"):
        assert refused(await manage(open_world, method, told)) == (401, "invalid_token")


async def test_a_token_is_good_for_its_own_client_only(open_world: World) -> None:
    """RFC 7592 §2: the same answer for what is not theirs, not there, or not so registered."""
    await open_world.register()  # by the operator
    mine, theirs = await register(open_world), await register(open_world)
    answers: list[tuple[int, str]] = []
    for client_id in (theirs["client_id"], "rp", "demo", "unknown", "%00", "%ff"):
        for method in ("GET", "PUT", "DELETE"):
            answer = await ask(
                open_world,
                method,
                f"{open_world.bridge_url}/register/{client_id}",
                mine["registration_access_token"],
                json={"client_id": client_id, "redirect_uris": [SITE]},
            )
            assert answer.headers["www-authenticate"].startswith('Bearer realm="register"')
            answers.append((answer.status_code, answer.text))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    nothing = await ask(open_world, "DELETE", theirs["registration_client_uri"])
    assert (nothing.status_code, nothing.content) == (401, b"")
    assert (await manage(open_world, "GET", theirs)).status_code == 200


async def test_other_methods_are_told_which_there_are(open_world: World) -> None:
    told = await register(open_world)
    posted = await manage(open_world, "POST", told, json={})
    assert refused(posted) == (405, "invalid_request")
    got = await ask(open_world, "GET", f"{open_world.bridge_url}/register")
    assert refused(got) == (405, "invalid_request")


async def test_who_has_registered_stays_when_registration_is_closed(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock, Plan(settings=OPEN)) as opened:
        told = await register(opened)
    async with world(tmp_path, clock) as opened:
        assert refused(await post(opened)) == (403, "access_denied")
        assert (await manage(opened, "GET", told)).status_code == 200
        assert (await manage(opened, "DELETE", told)).status_code == 204
