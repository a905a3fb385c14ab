"""Groups: what apps are told, and who may enter because of them."""

from pathlib import Path

import pytest

from bridge.store import Assignment
from tests.browsing import page_of
from tests.journeys.exchanging import native_app, native_world, refused
from tests.world import CLIENT_SECRET, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

SCOPE = "openid groups offline_access"
MEMBERS = {"scope": tuple(SCOPE.split()), "access_token_format": "jwt"}


def assignment(a_world: World, person_id: str, group: str = "staff") -> Assignment:
    provider = a_world.provider
    return Assignment(
        group=group,
        person_id=person_id,
        retired_as=provider.retired(person_id),
        audit_id=provider.new_id(),
        now=provider.now(),
    )


async def join(a_world: World, person_id: str, group: str = "staff") -> None:
    await a_world.provider.store.join_group(assignment(a_world, person_id, group))


async def leave(a_world: World, person_id: str) -> None:
    await a_world.provider.store.leave_group(assignment(a_world, person_id))


async def refresh(a_world: World, refresh_token: str) -> tuple[int, dict[str, str]]:
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={"grant_type": "refresh_token", "refresh_token": refresh_token},
        auth=("rp", CLIENT_SECRET),
    )
    return response.status_code, response.json()


async def test_every_token_and_userinfo_tell_the_groups_of_now(a_world: World) -> None:
    await a_world.register(**MEMBERS)
    given = (await a_world.redeem((await a_world.answer(scope=SCOPE))["code"])).json()
    assert claims_of(given["id_token"])["groups"] == []
    assert claims_of(given["access_token"])["groups"] == []

    await join(a_world, claims_of(given["id_token"])["sub"])
    assert (await a_world.userinfo(given["access_token"])).json()["groups"] == ["staff"]
    status, refreshed = await refresh(a_world, given["refresh_token"])
    assert status == 200
    for name in ("id_token", "access_token"):
        assert claims_of(refreshed[name])["groups"] == ["staff"]

    await leave(a_world, claims_of(given["id_token"])["sub"])
    assert (await a_world.userinfo(refreshed["access_token"])).json()["groups"] == []


async def test_an_app_that_does_not_ask_is_not_told(a_world: World) -> None:
    await a_world.register(**MEMBERS)
    await a_world.sign_in()
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    assert "groups" not in claims_of(given["id_token"])
    assert "groups" not in (await a_world.userinfo(given["access_token"])).json()


async def test_the_settings_name_people_beside_the_store(tmp_path: Path, clock: Clock) -> None:
    async with world(tmp_path, clock) as first:
        subject = (await first.sign_in())["sub"]
        await join(first, subject, "wiki")
    plan = Plan(settings={"BRIDGE_GROUPS": f"admins={subject},others=oSomebody"})
    async with world(tmp_path, clock, plan) as a_world:
        await a_world.register(access=("group:admins",), **MEMBERS)
        given = (await a_world.redeem((await a_world.answer(scope=SCOPE))["code"])).json()
        assert claims_of(given["id_token"])["groups"] == ["admins", "wiki"]


async def test_who_is_refused_hands_over_an_id_that_lets_them_in(a_world: World) -> None:
    """Before they have an account: what stands on the page is what the operator types."""
    await a_world.register(access=("group:staff",), **MEMBERS)
    response = await a_world.callback(scope=SCOPE)
    assert response.status_code == 403
    await join(a_world, page_of(response).text("subject"))
    given = (await a_world.redeem((await a_world.answer(scope=SCOPE))["code"])).json()
    assert claims_of(given["id_token"])["groups"] == ["staff"]


async def test_who_leaves_the_group_loses_all_that_it_gave(a_world: World) -> None:
    await a_world.register(access=("group:staff", "oSomebody"), **MEMBERS)
    subject = (await a_world.sign_in())["sub"]
    await join(a_world, subject)
    given = (await a_world.redeem((await a_world.answer(scope=SCOPE))["code"])).json()
    status, refreshed = await refresh(a_world, given["refresh_token"])
    assert status == 200

    await leave(a_world, subject)
    assert (await refresh(a_world, refreshed["refresh_token"]))[0] == 400
    silent = await a_world.browser.http.get(a_world.authorization_url(prompt="none"))
    assert parameters_of(silent)["error"] == "access_denied"
    shown = await a_world.browser.http.get(a_world.authorization_url())
    assert (shown.status_code, page_of(shown).text("subject")) == (403, subject)
    assert (await a_world.callback()).status_code == 403


async def test_an_apps_code_is_for_who_is_in_the_group(tmp_path: Path, clock: Clock) -> None:
    async with native_world(tmp_path, clock) as native:
        app = await native_app(native, access=("group:staff",))
        assert refused(await app.hand_in(app.code()), "access_denied")
        anybodys = await native_app(native, client_id="other")
        answer = (await anybodys.hand_in(anybodys.code())).json()
        await join(native, claims_of(answer["id_token"])["sub"])
        assert (await app.hand_in(app.code())).status_code == 200
