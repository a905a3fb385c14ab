"""Which account it is to be: ``prompt=select_account``, OpenID Connect Core 1.0 §3.1.2.1."""

import pytest

from tests.browsing import Page
from tests.world import HOUR, World, claims_of, parameters_of

pytestmark = pytest.mark.anyio


async def opened(a_world: World, **changed: str | None) -> Page:
    changed.setdefault("prompt", "select_account")
    return await a_world.browser.open(a_world.authorization_url(**changed))


async def choose(a_world: World, page: Page) -> dict[str, str]:
    response = await a_world.browser.send(page, "continue", follow_redirects=False)
    return parameters_of(response)


async def claims(a_world: World, answer: dict[str, str]) -> dict[str, object]:
    return claims_of((await a_world.redeem(answer["code"])).json()["id_token"])


def token_of(page: Page, button: str = "continue") -> str:
    form = page.by_id[button].form
    assert form is not None
    return form.fields["token"]


async def post(a_world: World, token: str | None) -> tuple[int, bool]:
    """Post the form as anybody could; return the status, and whether it is the page of an error."""
    sent = {"decision": "continue"} | ({} if token is None else {"token": token})
    response = await a_world.browser.http.post(f"{a_world.bridge_url}/select_account", data=sent)
    return response.status_code, 'id="error">invalid_request<' in response.text


async def test_where_nobody_is_signed_in_there_is_nothing_to_choose(a_world: World) -> None:
    await a_world.register()
    assert (await opened(a_world)).has("wechat-login")


async def test_the_account_that_is_signed_in_can_be_gone_on_with(a_world: World) -> None:
    """With the auth_time of the sign-in that was: it is chosen, and not authenticated again."""
    await a_world.register()
    first = await claims(a_world, await a_world.answer())
    a_world.clock.wind(HOUR)
    page = await opened(a_world)
    assert "张伟" in page.text("continue")
    assert not page.has("wechat-login")
    again = await claims(a_world, await choose(a_world, page))
    assert (again["sub"], again["auth_time"]) == (first["sub"], first["auth_time"])
    assert "code" in await choose(a_world, page)


async def test_another_account_can_be_chosen_at_wechat(a_world: World) -> None:
    await a_world.register()
    first = await claims(a_world, await a_world.answer())
    sign_in = await a_world.browser.click(await opened(a_world), "other-account")
    assert not sign_in.has("notice")
    wechat = await a_world.browser.click(sign_in, "wechat-login")
    approved = await a_world.browser.send(
        wechat, "approve", follow_redirects=False, person="family"
    )
    answer = parameters_of(await a_world.browser.http.get(approved.headers["location"]))
    assert answer["state"] == "the state"
    assert (await claims(a_world, answer))["sub"] != first["sub"]


async def test_whoever_wants_neither_goes_back(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    response = await a_world.browser.send(await opened(a_world), "cancel", follow_redirects=False)
    assert parameters_of(response)["error"] == "access_denied"


@pytest.mark.parametrize("prompt", ["select_account login", "login select_account consent"])
async def test_a_choice_does_not_replace_a_sign_in_that_is_asked_for(
    a_world: World, prompt: str
) -> None:
    """§3.1.2.1: login asks for authentication, whoever is chosen."""
    await a_world.register()
    await a_world.answer()
    assert (await opened(a_world, prompt=prompt)).has("wechat-login")


async def test_a_choice_makes_no_sign_in_newer(a_world: World) -> None:
    """§3.1.2.1: max_age."""
    await a_world.register()
    await a_world.answer()
    page = await opened(a_world, max_age="60")
    a_world.clock.wind(61)
    assert (await a_world.browser.click(page, "continue")).has("wechat-login")


async def test_a_sign_in_that_was_made_for_the_request_was_a_choice(a_world: World) -> None:
    await a_world.register(consent="always")
    await a_world.browser.open(await a_world.callback_url())
    sign_in = await a_world.browser.click(await opened(a_world), "other-account")
    wechat = await a_world.browser.click(sign_in, "wechat-login")
    asked = await a_world.browser.click(wechat, "approve")
    answer = await a_world.browser.send(asked, "allow", follow_redirects=False)
    assert "code" in parameters_of(answer)


async def test_who_has_chosen_is_then_asked_what_else_there_is_to_ask(a_world: World) -> None:
    await a_world.register(consent="remember")
    await a_world.browser.open(await a_world.callback_url())
    asked = await a_world.browser.click(await opened(a_world), "continue")
    answer = await a_world.browser.send(asked, "allow", follow_redirects=False)
    assert "code" in parameters_of(answer)


async def test_who_may_not_enter_is_told_so_after_the_choice(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    await a_world.register(client_id="private", access=())
    page = await opened(a_world, client_id="private")
    refused = await a_world.browser.click(page, "continue")
    assert refused.text("error") == "access_denied"


async def test_who_signed_in_since_is_asked_again(a_world: World) -> None:
    """Two tabs: the page names one person, and the browser has another by now."""
    await a_world.register()
    await a_world.answer()
    page = await opened(a_world)
    await a_world.answer("family")
    again = await a_world.browser.click(page, "continue")
    assert again.has("continue")
    assert "张伟" not in again.response.text
    assert "code" in await choose(a_world, again)


async def test_who_signed_out_since_signs_in(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    page = await opened(a_world)
    leaving = await a_world.browser.open(f"{a_world.bridge_url}/end_session")
    await a_world.browser.click(leaving, "confirm-logout")
    assert (await a_world.browser.click(page, "continue")).has("wechat-login")


@pytest.mark.parametrize("token", [None, "", "forged", "e30.e30.e30.e30.e30"])
async def test_without_our_own_question_nothing_is_chosen(
    a_world: World, token: str | None
) -> None:
    await a_world.register()
    await a_world.answer()
    await opened(a_world)
    assert await post(a_world, token) == (400, True)


async def test_another_site_and_another_browser_choose_nothing(a_world: World) -> None:
    """A POST from elsewhere has no cookies of ours; a token from elsewhere has none here."""
    await a_world.register()
    await a_world.answer()
    page = await opened(a_world)
    async with a_world.another_browser() as other:
        assert (await other.click(page, "continue")).text("error") == "invalid_request"
        assert (await other.click(page, "other-account")).text("error") == "invalid_request"
        await a_world.answer("family", browser=other)
        theirs = await other.open(a_world.authorization_url(prompt="select_account"))
    assert await post(a_world, token_of(theirs)) == (400, True)


async def test_a_question_about_consent_is_none_about_accounts(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await a_world.browser.open(await a_world.callback_url())
    assert await post(a_world, token_of(page, "allow")) == (400, True)


async def test_a_question_that_is_too_old_is_not_answered(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    page = await opened(a_world)
    a_world.clock.wind(600)
    assert await post(a_world, token_of(page)) == (400, True)
