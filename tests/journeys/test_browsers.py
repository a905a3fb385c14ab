"""One sign-in, several tabs, several deliveries, several browsers."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bridge.oidc.access_token import token_hash
from tests.journeys.rows import rows_of
from tests.journeys.withdrawing import withdraw_address
from tests.world import World, parameters_of

pytestmark = pytest.mark.anyio


async def test_two_tabs_at_once_do_not_disturb_one_another(a_world: World) -> None:
    await a_world.register()
    one = await a_world.callback_url(state="one")
    other = await a_world.callback_url("family", state="other")
    responses = await asyncio.gather(*(a_world.browser.http.get(url) for url in (one, other)))
    answers = [parameters_of(response) for response in responses]
    assert [answer["state"] for answer in answers] == ["one", "other"]
    subs: list[str] = []
    for answer in answers:
        token = (await a_world.redeem(answer["code"])).json()["access_token"]
        subs.append((await a_world.userinfo(token)).json()["sub"])
    assert subs[0] != subs[1]


async def test_another_browser_cannot_use_the_callback(a_world: World) -> None:
    """Else an attacker could sign somebody in as the attacker, or take their sign-in."""
    await a_world.register()
    url = await a_world.callback_url()
    async with a_world.another_browser() as stranger:
        response = await stranger.http.get(url)
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text
    assert parameters_of(await a_world.browser.http.get(url))["code"]


async def test_a_code_delivered_to_another_sign_in_of_the_victim_is_that_sign_ins(
    a_world: World,
) -> None:
    """The state of one sign-in with the cookie of another is lost, not mixed."""
    await a_world.register()
    async with a_world.another_browser() as attacker:
        theirs = await a_world.callback_url(browser=attacker)
        mine = await a_world.callback_url()
        cookies = {cookie.name: cookie.value or "" for cookie in attacker.http.cookies.jar}
    moved = mine.partition("state=")[2]
    (sealed,) = cookies.values()
    async with a_world.another_browser() as victim:
        victim.http.cookies.set(f"bridge-pending-{moved}", sealed, domain="localhost")
        response = await victim.http.get(mine)
    assert response.status_code == 400
    assert theirs != mine


async def test_a_second_delivery_gets_a_code_of_its_own_and_the_same_session(
    a_world: World,
) -> None:
    """Reload, back button, the in-app browser: WeChat's code works once, the sign-in goes on."""
    await a_world.register()
    url = await a_world.callback_url()
    first = parameters_of(await a_world.browser.http.get(url))
    second = parameters_of(await a_world.browser.http.get(url))
    assert first["code"] != second["code"]
    answers = [await a_world.redeem(answer["code"]) for answer in (first, second)]
    assert [answer.status_code for answer in answers] == [200, 200]
    stored = await a_world.provider.store.find_code(token_hash(first["code"]))
    again = await a_world.provider.store.find_code(token_hash(second["code"]))
    assert stored
    assert again
    assert stored.session == again.session


async def test_going_back_and_approving_as_somebody_else_begins_again(a_world: World) -> None:
    """A sign-in is answered by one person: else whoever learns its state could answer it, too."""
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url())
    wechat = await a_world.browser.click(page, "wechat-login")
    subs: list[str] = []
    for person in ("zhang-wei", "family"):
        approved = await a_world.browser.send(
            wechat, "approve", follow_redirects=False, person=person
        )
        if person == "family":
            again = await a_world.browser.open(approved.headers["location"])
            assert again.has("notice")
            wechat = await a_world.browser.click(again, "wechat-login")
            approved = await a_world.browser.send(
                wechat, "approve", follow_redirects=False, person=person
            )
        answer = parameters_of(await a_world.browser.http.get(approved.headers["location"]))
        token = (await a_world.redeem(answer["code"])).json()["access_token"]
        subs.append((await a_world.userinfo(token)).json()["sub"])
    assert subs[0] != subs[1]


async def test_of_two_people_at_once_one_answers_a_sign_in(a_world: World) -> None:
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url())
    wechat = await a_world.browser.click(page, "wechat-login")
    approved = [
        await a_world.browser.send(wechat, "approve", follow_redirects=False, person=person)
        for person in ("zhang-wei", "family")
    ]
    responses = await asyncio.gather(
        *(a_world.browser.http.get(response.headers["location"]) for response in approved)
    )
    assert sorted(response.status_code for response in responses) == [200, 302]


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
async def test_a_prefetch_changes_nothing(a_world: World, purpose: str) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    response = await a_world.browser.http.get(url, headers={"Sec-Purpose": purpose})
    assert response.status_code == 204
    assert parameters_of(await a_world.browser.http.get(url))["code"]


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=unknown&code=x", "state=a&state=b&code=x", "state=%ff&code=x"]
)
async def test_a_callback_of_no_sign_in_is_a_page(a_world: World, query: str) -> None:
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/callback/wechat?{query}")
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text


@pytest.mark.parametrize("code", ["a b", "x" * 129, "%F0%9F%98%80", "a%0D%0Ab"])
async def test_what_cannot_be_wechats_code_is_not_sent_to_wechat(a_world: World, code: str) -> None:
    await a_world.register()
    state = (await a_world.callback_url()).partition("state=")[2]
    response = await a_world.browser.http.get(
        f"{a_world.bridge_url}/callback/wechat?state={state}&code={code}"
    )
    assert response.status_code == 400


async def test_access_withdrawn_while_wechat_takes_its_time_is_withdrawn(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()

    async def withdraw() -> None:
        await a_world.provider.store.change_client("rp", lambda known: replace(known, access=()))

    a_world.while_at_wechat["/sns/userinfo"] = withdraw
    response = await a_world.browser.http.get(url)
    assert response.status_code == 403


async def test_an_address_withdrawn_while_wechat_takes_its_time_is_not_gone_to(
    a_world: World,
) -> None:
    """RFC 6749 §4.1.2.1: nothing is sent to an address that is not registered, no error either."""
    await a_world.register()
    url = await a_world.callback_url()
    a_world.while_at_wechat["/sns/userinfo"] = partial(withdraw_address, a_world)
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_that_wechat_is_down_is_not_told_to_an_address_withdrawn_meanwhile(
    a_world: World,
) -> None:
    await a_world.register()
    url = await a_world.callback_url()

    async def withdraw() -> None:
        await withdraw_address(a_world)
        raise ConnectionError

    a_world.while_at_wechat["/sns/userinfo"] = withdraw
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_a_client_renamed_while_wechat_takes_its_time_is_answered(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()

    async def rename() -> None:
        await a_world.provider.store.change_client(
            "rp", lambda known: replace(known, client_name="Another name")
        )

    a_world.while_at_wechat["/sns/userinfo"] = rename
    assert parameters_of(await a_world.browser.http.get(url))["code"]
    assert rows_of(a_world)["sessions"] == 1


async def test_what_was_withdrawn_meanwhile_is_refused(a_world: World) -> None:
    """The client, its redirect URI and who may enter are read again at the callback."""
    await a_world.register()
    url = await a_world.callback_url()
    await a_world.provider.store.remove_client("rp")
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    await a_world.register(redirect_uris=("https://elsewhere.example/",))
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_a_scope_withdrawn_meanwhile_is_told_to_the_client(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    await a_world.provider.store.change_client(
        "rp", lambda known: replace(known, scope=("wechat",))
    )
    answer = parameters_of(await a_world.browser.http.get(url))
    assert (answer["error"], answer["state"]) == ("invalid_scope", "the state")
