"""What a person, and what an app, meets once the operator has acted on an account."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.store import Ended
from tests.journeys.exchanging import GAME, native_app, native_world
from tests.world import CLIENT_SECRET, Clock, World, claims_of, parameters_of

pytestmark = pytest.mark.anyio

SCOPE = "openid profile offline_access"

Ending = Callable[[World, str], Awaitable[Ended | None]]


async def account_id_of(a_world: World, subject: str) -> str:
    [known] = await a_world.provider.store.find_accounts(subject, retired_as="")
    return known.account.account_id


async def disable(a_world: World, subject: str) -> Ended | None:
    account_id = await account_id_of(a_world, subject)
    return await a_world.provider.store.disable_account(
        account_id, audit_id=a_world.provider.new_id(), now=a_world.clock.now
    )


async def erase(a_world: World, subject: str) -> Ended | None:
    account_id = await account_id_of(a_world, subject)
    return await a_world.provider.store.erase_account(
        account_id,
        retired_as=a_world.provider.retired,
        audit_id=a_world.provider.new_id(),
        now=a_world.clock.now,
    )


async def introspected(a_world: World, token: str) -> bool:
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/introspect", data={"token": token}, auth=("rp", CLIENT_SECRET)
    )
    active: bool = response.json()["active"]
    return active


@pytest.mark.parametrize("end", [disable, erase])
async def test_what_apps_were_given_is_good_for_nothing_any_more(
    a_world: World, end: Ending
) -> None:
    await a_world.register(scope=tuple(SCOPE.split()))
    given = (await a_world.redeem((await a_world.answer(scope=SCOPE))["code"])).json()
    unspent = (await a_world.answer(scope=SCOPE))["code"]
    assert await introspected(a_world, given["access_token"])
    assert await introspected(a_world, given["refresh_token"])

    await end(a_world, claims_of(given["id_token"])["sub"])

    assert (await a_world.userinfo(given["access_token"])).status_code == 401
    assert not await introspected(a_world, given["access_token"])
    assert not await introspected(a_world, given["refresh_token"])
    assert (await a_world.redeem(unspent)).json()["error"] == "invalid_grant"
    refreshed = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={"grant_type": "refresh_token", "refresh_token": given["refresh_token"]},
        auth=("rp", CLIENT_SECRET),
    )
    assert refreshed.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("end", [disable, erase])
async def test_the_session_of_the_browser_answers_for_nobody(a_world: World, end: Ending) -> None:
    await a_world.register()
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    silent = a_world.authorization_url(prompt="none")
    response = await a_world.browser.http.get(silent)
    assert "code" in parameters_of(response)

    await end(a_world, claims_of(given["id_token"])["sub"])

    response = await a_world.browser.http.get(silent)
    assert parameters_of(response)["error"] == "login_required"
    page = await a_world.browser.open(a_world.authorization_url())
    assert page.has("wechat-login")


async def test_a_disabled_person_comes_back_from_wechat_to_a_page(a_world: World) -> None:
    await a_world.register()
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    await disable(a_world, claims_of(given["id_token"])["sub"])

    response = await a_world.callback()

    assert response.status_code == 403
    assert 'id="error">access_denied<' in response.text
    assert 'id="cancel"' in response.text
    assert "set-cookie" not in response.headers
    # The account of somebody else is nothing to them
    assert "code" in await a_world.answer(person="arabic")


async def test_a_second_delivery_of_before_does_not_let_a_disabled_person_in(
    a_world: World,
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    first = parameters_of(await a_world.browser.http.get(url))
    given = (await a_world.redeem(first["code"])).json()
    await disable(a_world, claims_of(given["id_token"])["sub"])
    response = await a_world.browser.http.get(url)
    assert "location" not in response.headers


async def test_who_is_disabled_while_at_wechat_is_not_let_in(a_world: World) -> None:
    await a_world.register()
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    subject = claims_of(given["id_token"])["sub"]

    async def meanwhile() -> None:
        await disable(a_world, subject)

    a_world.while_at_wechat["/sns/userinfo"] = meanwhile
    response = await a_world.callback()
    assert response.status_code == 403
    assert 'id="error">access_denied<' in response.text


async def test_who_was_erased_and_comes_back_is_somebody_else_to_every_app(
    a_world: World,
) -> None:
    await a_world.register()
    subjects: list[str] = []
    for _ in range(3):
        given = (await a_world.redeem((await a_world.answer())["code"])).json()
        subjects.append(claims_of(given["id_token"])["sub"])
        again = (await a_world.redeem((await a_world.answer())["code"])).json()
        assert claims_of(again["id_token"])["sub"] == subjects[-1]
        await erase(a_world, subjects[-1])
    assert len(set(subjects)) == 3
    assert [len(subject) for subject in subjects[1:]] == [26, 26]


@pytest.mark.parametrize("end", [disable, erase])
async def test_an_app_that_hands_in_codes_is_treated_alike(
    tmp_path: Path, clock: Clock, end: Ending
) -> None:
    """The second code is of the same person, by the same application."""
    async with native_world(tmp_path, clock) as native:
        app = await native_app(native)
        given = await app.sign_in()
        subject = claims_of(given["id_token"])["sub"]
        await end(native, subject)
        assert (await app.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
        assert (await native.userinfo(given["access_token"])).status_code == 401
        again = (await app.hand_in(app.code())).json()
        if end is disable:
            assert again["error"] == "access_denied"
        else:
            assert claims_of(again["id_token"])["sub"] != subject


async def test_an_app_that_may_no_longer_use_the_application_is_not_refreshed(
    tmp_path: Path, clock: Clock
) -> None:
    async with native_world(tmp_path, clock) as native:
        app = await native_app(native)
        given = await app.sign_in()
        await native.provider.store.change_client(
            app.client_id, lambda client: replace(client, wechat_applications=(GAME,))
        )
        assert (await app.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
