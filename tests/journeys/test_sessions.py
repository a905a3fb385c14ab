"""Who has signed in is known again: OpenID Connect Core 1.0 §3.1.2.3, over the wire."""

from pathlib import Path

import pytest

from tests.world import APPID, HOUR, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

DAY = 24 * HOUR


async def silent(a_world: World, **changed: str | None) -> dict[str, str]:
    """What the client is answered without anything being shown."""
    return parameters_of(await a_world.browser.http.get(a_world.authorization_url(**changed)))


async def claims(a_world: World, answer: dict[str, str]) -> dict[str, object]:
    return claims_of((await a_world.redeem(answer["code"])).json()["id_token"])


@pytest.mark.parametrize("prompt", [None, "none"])
async def test_who_has_signed_in_is_answered_for_without_a_page(
    a_world: World, prompt: str | None
) -> None:
    """§3.1.2.1: with the auth_time of the sign-in that was."""
    await a_world.register()
    first = await claims(a_world, await a_world.answer())
    a_world.clock.wind(HOUR)
    again = await claims(a_world, await silent(a_world, prompt=prompt))
    assert (again["sub"], again["auth_time"]) == (first["sub"], first["auth_time"])
    assert again["sid"] == first["sid"]


async def test_another_browser_is_not_signed_in(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    async with a_world.another_browser() as stranger:
        response = await stranger.http.get(a_world.authorization_url(prompt="none"))
        assert parameters_of(response)["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["login", "select_account login", "login consent"])
async def test_a_prompt_asks_again_whoever_is_signed_in(a_world: World, prompt: str) -> None:
    """§3.1.2.1: and the new auth_time is later."""
    await a_world.register()
    first = await claims(a_world, await a_world.answer())
    a_world.clock.wind(2)
    page = await a_world.browser.open(a_world.authorization_url(prompt=prompt))
    assert page.has("wechat-login")
    again = await claims(a_world, await a_world.answer(prompt=prompt))
    assert again["auth_time"] == first["auth_time"] + 2  # type: ignore[operator]


async def test_max_age_asks_again_when_the_sign_in_is_older(a_world: World) -> None:
    """§3.1.2.1."""
    await a_world.register()
    first = await claims(a_world, await a_world.answer(max_age="10"))
    a_world.clock.wind(10)
    again = await claims(a_world, await silent(a_world, max_age="10"))
    assert again["auth_time"] == first["auth_time"]
    a_world.clock.wind(1)
    assert (await a_world.browser.open(a_world.authorization_url(max_age="10"))).has("wechat-login")
    assert (await silent(a_world, max_age="10", prompt="none"))["error"] == "login_required"


async def test_a_client_may_register_a_max_age(a_world: World) -> None:
    await a_world.register(default_max_age=10)
    await a_world.answer()
    a_world.clock.wind(11)
    assert (await silent(a_world, prompt="none"))["error"] == "login_required"


async def test_an_id_token_hint_names_who_is_to_be_signed_in(a_world: World) -> None:
    """§3.1.2.1: and an expired one still does."""
    await a_world.register()
    zhang = (await a_world.redeem((await a_world.answer())["code"])).json()["id_token"]
    a_world.clock.wind(2 * HOUR)
    assert "code" in await silent(a_world, id_token_hint=zhang, prompt="none")
    await a_world.answer(person="family")
    refused = await silent(a_world, id_token_hint=zhang, prompt="none")
    assert refused["error"] == "login_required"
    page = await a_world.browser.open(a_world.authorization_url(id_token_hint=zhang))
    assert page.has("wechat-login")
    assert page.has("notice")


async def test_another_person_than_the_one_asked_for_is_sent_back_to_wechat(
    a_world: World,
) -> None:
    """§3.1.2.2, §5.5.1: nobody is answered for instead of the person that was named."""
    await a_world.register()
    sub = (await claims(a_world, await a_world.answer()))["sub"]
    wanted = f'{{"id_token": {{"sub": {{"value": "{sub}"}}}}}}'
    response = await a_world.callback("family", claims=wanted)
    assert response.status_code == 200
    assert 'id="notice"' in response.text
    assert "location" not in response.headers
    assert (await claims(a_world, await a_world.answer(claims=wanted)))["sub"] == sub


async def test_an_id_token_for_another_client_is_no_hint(a_world: World) -> None:
    await a_world.register()
    await a_world.register(client_id="other")
    token = (await a_world.redeem((await a_world.answer())["code"])).json()["id_token"]
    refused = await silent(a_world, client_id="other", id_token_hint=token)
    assert refused["error"] == "invalid_request"


async def test_a_session_ends_when_it_is_not_used(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    a_world.clock.wind(8 * HOUR - 1)
    assert "code" in await silent(a_world, prompt="none")
    a_world.clock.wind(8 * HOUR - 1)
    assert "code" in await silent(a_world, prompt="none")
    a_world.clock.wind(8 * HOUR)
    assert (await silent(a_world, prompt="none"))["error"] == "login_required"


async def test_a_session_ends_a_day_after_the_sign_in(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    for _ in range(3):
        a_world.clock.wind(7 * HOUR)
        assert "code" in await silent(a_world, prompt="none")
    a_world.clock.wind(3 * HOUR)
    assert (await silent(a_world, prompt="none"))["error"] == "login_required"


async def test_single_sign_on_can_be_turned_off(tmp_path: Path, clock: Clock) -> None:
    async with world(tmp_path, clock, Plan({"BRIDGE_SESSION_LIFETIME": "0"})) as opened:
        await opened.register()
        response = await opened.callback()
        assert "bridge-session" not in response.headers.get("set-cookie", "")
        assert (await silent(opened, prompt="none"))["error"] == "login_required"


async def test_a_session_cannot_be_fixed(a_world: World) -> None:
    """The secret is new at each sign-in, and what a browser brings is never taken over."""
    await a_world.register()
    cookies = a_world.browser.http.cookies
    cookies.set("bridge-session", "chosen-by-an-attacker", domain="localhost.local", path="/")
    await a_world.answer()
    async with a_world.another_browser() as attacker:
        attacker.http.cookies.set("bridge-session", "chosen-by-an-attacker")
        response = await attacker.http.get(a_world.authorization_url(prompt="none"))
        assert parameters_of(response)["error"] == "login_required"


async def test_the_sid_that_clients_are_told_opens_nothing(a_world: World) -> None:
    await a_world.register()
    sid = str((await claims(a_world, await a_world.answer()))["sid"])
    async with a_world.another_browser() as thief:
        thief.http.cookies.set("bridge-session", sid)
        response = await thief.http.get(a_world.authorization_url(prompt="none"))
        assert parameters_of(response)["error"] == "login_required"


async def test_a_session_lets_nobody_in_who_was_taken_off_the_list(a_world: World) -> None:
    """Access is asked at silent use, too: with a page, and without where nothing is shown."""
    await a_world.register()
    await a_world.answer()
    await a_world.register(client_id="private", access=())
    refused = await silent(a_world, client_id="private", prompt="none")
    assert refused["error"] == "access_denied"
    page = await a_world.browser.open(a_world.authorization_url(client_id="private"))
    assert page.text("error") == "access_denied"


async def test_what_is_posted_from_another_site_finds_the_session(a_world: World) -> None:
    """A cross-site POST has no cookies; the GET to which it leads has."""
    await a_world.register()
    await a_world.answer()
    url, _, query = a_world.authorization_url(prompt="none").partition("?")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with a_world.another_browser() as without_cookies:
        posted = await without_cookies.http.post(url, content=query, headers=form)
        assert posted.status_code == 303
        pending = without_cookies.http.cookies
        for cookie in pending.jar:
            a_world.browser.http.cookies.jar.set_cookie(cookie)
    response = await a_world.browser.http.get(posted.headers["location"])
    assert "code" in parameters_of(response)


@pytest.mark.parametrize("wechat_state", ["", "0" * 33, "../etc"])
async def test_what_was_never_posted_is_not_gone_on_with(a_world: World, wechat_state: str) -> None:
    page = await a_world.browser.open(f"{a_world.bridge_url}/continue?wechat_state={wechat_state}")
    assert page.text("error") == "invalid_request"


async def test_what_is_posted_and_has_to_be_silent_is_told_that_nobody_is_there(
    a_world: World,
) -> None:
    await a_world.register()
    url, _, query = a_world.authorization_url(prompt="none").partition("?")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = await a_world.browser.http.post(url, content=query, headers=form)
    response = await a_world.browser.http.get(posted.headers["location"])
    assert parameters_of(response)["error"] == "login_required"


async def test_a_session_that_ended_answers_no_second_delivery(a_world: World) -> None:
    """The back button after signing out does not sign in again."""
    await a_world.register()
    url = await a_world.callback_url()
    answer = parameters_of(await a_world.browser.http.get(url))
    sid = str((await claims(a_world, answer))["sid"])
    assert await a_world.provider.store.end_session(sid, now=a_world.clock.now) is not None
    response = await a_world.browser.http.get(url)
    assert response.status_code == 200
    assert 'id="wechat-login"' in response.text
    assert (await silent(a_world, prompt="none"))["error"] == "login_required"


async def test_a_second_delivery_gives_the_session_to_a_browser_that_lost_it(
    a_world: World,
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    await a_world.browser.http.get(url)
    a_world.browser.http.cookies.delete("bridge-session")
    await a_world.browser.http.get(url)
    assert "code" in await silent(a_world, prompt="none")


async def test_the_first_session_of_an_application_says_how_the_person_signed_in(
    a_world: World,
) -> None:
    """§2: acr and amr."""
    await a_world.register(scope=("openid", "wechat"))
    told = await claims(a_world, await a_world.answer(scope="openid wechat"))
    assert told["acr"] == "urn:wechat-oidc:acr:wechat"
    assert told["amr"] == ["wechat", "qr"]
    assert told["wechat_appid"] == APPID
