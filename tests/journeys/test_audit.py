"""What the audit trail knows after what people, strangers and clients do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.store import AuditQuery, newcomer_id
from bridge.wechat.simulator.ids import unionid_of
from tests import user_agents
from tests.journeys.rows import rows_of
from tests.world import (
    APPID,
    CLIENT_SECRET,
    HOUR,
    PERSON,
    REDIRECT_URI,
    Clock,
    Plan,
    World,
    claims_of,
    world,
)

pytestmark = pytest.mark.anyio

OFFLINE = "openid offline_access"


async def trail(a_world: World) -> list[dict[str, Any]]:
    """Oldest first."""
    asked = AuditQuery(since=0, until=2**62, limit=1_000)
    found = await a_world.provider.store.audit_trail(asked)
    assert found is not None
    return found[::-1]


async def told(a_world: World) -> list[tuple[str, str | None, str | None]]:
    """(event, client_id, reason), oldest first; of one second in any order, so sorted by event."""
    rows = await trail(a_world)
    return sorted((row["event"], row["client_id"], row["reason"]) for row in rows)


async def test_a_sign_in_says_who_where_when_and_from_where(a_world: World) -> None:
    await a_world.register()
    a_world.browser.http.headers["User-Agent"] = user_agents.DESKTOP_CHROME
    answer = await a_world.answer()
    claims = claims_of((await a_world.redeem(answer["code"])).json()["id_token"])
    [row] = await trail(a_world)
    [known] = await a_world.provider.store.find_accounts(claims["sub"], retired_as="")
    assert (row["event"], row["account_id"], row["client_id"], row["at"]) == (
        "sign_in.completed",
        known.account.account_id,
        "rp",
        a_world.clock.now,
    )
    assert row["address"] in {"127.0.0.1", "::1"}
    assert row["browser"].startswith("Chrome on ")
    assert row["detail"] == {"appid": APPID}


async def test_a_session_that_is_used_is_written_once_an_hour_for_each_client(
    a_world: World,
) -> None:
    await a_world.register()
    await a_world.register(client_id="other")
    await a_world.answer()
    for _ in range(5):
        for client_id in ("rp", "other"):
            url = a_world.authorization_url(prompt="none", client_id=client_id)
            assert "code=" in (await a_world.browser.http.get(url)).headers["location"]
    used = [("session.used", "other", None), ("session.used", "rp", None)]
    assert await told(a_world) == [*used, ("sign_in.completed", "rp", None)]
    a_world.clock.wind(HOUR)
    await a_world.browser.http.get(a_world.authorization_url(prompt="none"))
    assert len(await trail(a_world)) == 4


async def test_what_a_stranger_can_do_writes_nothing(a_world: World) -> None:
    """Neither a row of the audit trail nor any other."""
    await a_world.register()
    answer = await a_world.answer()
    assert (await a_world.redeem(answer["code"])).status_code == 200
    before = rows_of(a_world)
    async with a_world.another_browser() as stranger:
        http, bridge = stranger.http, a_world.bridge_url
        page = await stranger.open(a_world.authorization_url())
        await http.get(f"{bridge}/callback/wechat", params={"state": "x", "code": "y"})
        state = page.link("wechat-login").partition("state=")[2].partition("#")[0]
        invented = await http.get(
            f"{bridge}/callback/wechat", params={"state": state, "code": "0" * 32}
        )
        assert invented.status_code < 500
        await stranger.send(page, "cancel", follow_redirects=False)
        await http.get(f"{bridge}/authorize")
        await http.get(a_world.authorization_url(prompt="none"))
        for secret in ("wrong", CLIENT_SECRET):
            for grant in ("authorization_code", "refresh_token"):
                sent = {"grant_type": grant, "code": "x", "refresh_token": "x"}
                sent["redirect_uri"] = REDIRECT_URI
                response = await http.post(f"{bridge}/token", data=sent, auth=("rp", secret))
                assert response.status_code in {400, 401}
        await http.post(f"{bridge}/consent", data={"decision": "deny", "token": "x"})
        await http.get(f"{bridge}/end_session")
        await http.post(f"{bridge}/register", json={"redirect_uris": [REDIRECT_URI]})
        await http.get(f"{bridge}/userinfo", headers={"Authorization": "Bearer x"})
    assert rows_of(a_world) == before


async def test_who_is_not_let_in_is_written_down_once_an_hour(a_world: World) -> None:
    """Somebody who has no account yet, by what nobody can read; then from their session."""
    client = await a_world.register(access=())
    url = await a_world.callback_url()
    for _ in range(3):
        assert (await a_world.browser.http.get(url)).status_code == 403
    [row] = await trail(a_world)
    application = a_world.simulator.applications[APPID]
    subject = unionid_of(a_world.simulator.people[PERSON], application)
    assert subject is not None
    provider = a_world.provider
    assert (row["event"], row["reason"]) == ("sign_in.refused", "access")
    assert row["account_id"] == newcomer_id(provider.retired(subject))
    assert subject not in str(row)

    store = provider.store
    await store.change_client(client.client_id, lambda known: replace(known, access=None))
    await a_world.answer()
    await store.change_client(client.client_id, lambda known: replace(known, access=()))
    for prompt in ("none", None, "none"):
        await a_world.browser.http.get(a_world.authorization_url(prompt=prompt))
    assert await told(a_world) == [
        ("sign_in.completed", "rp", None),
        ("sign_in.refused", "rp", "access"),
        ("sign_in.refused", "rp", "access"),
    ]
    [known] = await store.find_accounts(subject, retired_as="")
    assert {row["account_id"] for row in await trail(a_world)} == {
        newcomer_id(provider.retired(subject)),
        known.account.account_id,
    }


async def test_a_virtual_account_is_written_down_once_for_each_code(a_world: World) -> None:
    await a_world.register()
    code = a_world.simulator.grants.issue_code(
        appid=APPID,
        person=PERSON,
        scope="snsapi_login",
        now=a_world.clock.now,
        is_snapshotuser=True,
    )
    url = await a_world.callback_url()
    sent, _, rest = url.partition("code=")
    url = f"{sent}code={code}&{rest.partition('&')[2]}"
    for _ in range(3):
        assert (await a_world.browser.http.get(url)).status_code == 403
    assert await told(a_world) == [("sign_in.snapshot_user", "rp", None)]


async def test_consent_is_written_down_either_way(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await a_world.browser.open(await a_world.callback_url())
    await a_world.browser.send(page, "deny", follow_redirects=False)
    page = await a_world.browser.open(a_world.authorization_url())
    await a_world.browser.send(page, "allow", follow_redirects=False)
    assert await told(a_world) == [
        ("consent.denied", "rp", None),
        ("consent.given", "rp", None),
        ("sign_in.completed", "rp", None),
    ]
    assert len({row["account_id"] for row in await trail(a_world)}) == 1


async def test_a_code_that_is_used_again_is_written_down_once(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    for status in (200, 400, 400):
        assert (await a_world.redeem(code)).status_code == status
    [replayed] = [row for row in await trail(a_world) if row["event"] == "code.replayed"]
    assert replayed["client_id"] == "rp"
    assert replayed["account_id"] is not None
    assert replayed["address"] in {"127.0.0.1", "::1"}


async def test_who_signs_out_is_written_down(a_world: World) -> None:
    await a_world.register()
    answer = await a_world.answer()
    id_token = (await a_world.redeem(answer["code"])).json()["id_token"]
    url = f"{a_world.bridge_url}/end_session"
    for _ in range(2):
        await a_world.browser.http.get(url, params={"id_token_hint": id_token})
    assert await told(a_world) == [("session.ended", "rp", None), ("sign_in.completed", "rp", None)]


async def test_what_a_client_does_about_itself_is_written_down(
    tmp_path: Path, clock: Clock
) -> None:
    plan = Plan(settings={"BRIDGE_REGISTRATION_MODE": "open", "BRIDGE_AUDIT_ADDRESSES": "none"})
    async with world(tmp_path, clock, plan) as a_world:
        http = a_world.browser.http
        sent: dict[str, Any] = {"redirect_uris": [REDIRECT_URI.replace("http", "https")]}
        created = (await http.post(f"{a_world.bridge_url}/register", json=sent)).json()
        url, token = created["registration_client_uri"], created["registration_access_token"]
        client_id = created["client_id"]
        for _ in range(2):
            changed = await http.put(
                url,
                json=sent | {"client_id": client_id},
                headers={"Authorization": f"Bearer {token}"},
            )
            token = changed.json()["registration_access_token"]
        await http.delete(url, headers={"Authorization": f"Bearer {token}"})
        assert await told(a_world) == [
            ("client.changed_itself", client_id, None),
            ("client.registered", client_id, None),
            ("client.removed_itself", client_id, None),
        ]
        assert {row["address"] for row in await trail(a_world)} == {None}
        assert {row["browser"] for row in await trail(a_world)} == {"another program"}
