"""A sign-in that ends without a person."""

from pathlib import Path

import pytest

from bridge.wechat.simulator.ids import unionid_of
from tests.world import APPID, Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio


async def test_denial_at_wechat_leads_nowhere_and_cancel_leads_back(a_world: World) -> None:
    """WeChat reports no refusal: the way back is on our own page."""
    home = await a_world.browser.open(f"{a_world.relying_party_url}/")
    sign_in = await a_world.browser.click(home, "sign-in")
    wechat = await a_world.browser.click(sign_in, "wechat-login")
    denied = await a_world.browser.click(wechat, "deny")
    assert denied.url.startswith(a_world.wechat_url)

    failed = await a_world.browser.click(sign_in, "cancel")
    assert failed.url.startswith(a_world.relying_party_url)
    assert failed.text("error") == "access_denied"
    assert (await a_world.sign_in())["sub"]


async def test_cancel_answers_access_denied_with_state_and_iss(a_world: World) -> None:
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url())
    response = await a_world.browser.send(page, "cancel", follow_redirects=False)
    assert response.status_code == 303
    answer = parameters_of(response)
    assert answer.pop("error_description")
    assert answer == {
        "kept": "1",
        "error": "access_denied",
        "iss": a_world.bridge_url,
        "state": "the state",
    }


async def test_cancel_is_also_a_link(a_world: World) -> None:
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url())
    form = page.by_id["cancel"].form
    assert form is not None
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/cancel", params=form.fields)
    assert response.status_code == 302
    assert parameters_of(response)["error"] == "access_denied"


async def test_another_browser_cannot_cancel(a_world: World) -> None:
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url())
    form = page.by_id["cancel"].form
    assert form is not None
    async with a_world.another_browser() as stranger:
        response = await stranger.http.post(f"{a_world.bridge_url}/cancel", data=form.fields)
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text


@pytest.mark.parametrize("refusal", ["", "&code=", "&code=authdeny"])
async def test_a_callback_without_a_code_is_a_refusal(a_world: World, refusal: str) -> None:
    """Older documentation of WeChat redirects with state alone; authdeny was seen in the field."""
    await a_world.register()
    url = await a_world.callback_url()
    state = url.partition("state=")[2]
    response = await a_world.browser.http.get(
        f"{a_world.bridge_url}/callback/wechat?state={state}{refusal}"
    )
    assert parameters_of(response)["error"] == "access_denied"


async def test_an_abandoned_sign_in_leaves_nothing_and_ends_after_ten_minutes(
    a_world: World,
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.clock.wind(600)
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text
    assert "location" not in response.headers


async def test_twenty_abandoned_sign_ins_do_not_stop_the_twenty_first(a_world: World) -> None:
    await a_world.register()
    for _ in range(20):
        await a_world.browser.open(a_world.authorization_url(state="s" * 1000))
        a_world.clock.wind(1)
    assert sum(len(cookie.value or "") for cookie in a_world.browser.http.cookies.jar) < 6_000
    assert (await a_world.answer())["code"]


async def test_a_snapshot_user_is_refused_with_a_page_that_explains(a_world: World) -> None:
    await a_world.register()
    response = await a_world.callback("snapshot", browser=a_world.browser)
    assert response.status_code == 403
    assert 'id="error">access_denied<' in response.text
    chinese = await a_world.browser.http.get(
        await a_world.callback_url("snapshot"), headers={"Accept-Language": "zh-CN"}
    )
    assert "使用完整服务" in chinese.text
    assert 'id="wechat-login"' in chinese.text


async def test_a_snapshot_user_leaves_no_account(a_world: World) -> None:
    """Its ids are virtual, and shared by strangers."""
    before = await a_world.arrive("snapshot")
    assert before.text("error") == "access_denied"
    assert await a_world.provider.store.mark_wechat("real") == "real"  # only without accounts


async def test_who_is_not_listed_is_shown_the_id_to_hand_to_the_operator(a_world: World) -> None:
    await a_world.register(access=("o" + "x" * 27,))
    response = await a_world.callback()
    assert response.status_code == 403
    page = await a_world.browser.open(await a_world.callback_url())
    subject = page.text("subject")
    assert page.text("error") == "access_denied"
    back = await a_world.browser.send(page, "cancel", follow_redirects=False)
    assert parameters_of(back)["error"] == "access_denied"

    assert await a_world.provider.store.remove_client("rp")
    await a_world.register(access=(subject,))
    answer = await a_world.answer()
    token = (await a_world.redeem(answer["code"])).json()["access_token"]
    assert (await a_world.userinfo(token)).json()["sub"] == subject


async def test_a_listed_unionid_lets_in_who_has_an_openid_for_a_subject(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_SUBJECT": "openid"})) as opened:
        await opened.register(scope=("openid", "wechat"))
        answer = await opened.answer(scope="openid wechat")
        token = (await opened.redeem(answer["code"])).json()["access_token"]
        claims = (await opened.userinfo(token)).json()
        assert claims["wechat_unionid"] != claims["sub"]
        await opened.provider.store.remove_client("rp")
        await opened.register(access=(claims["wechat_unionid"],))
        assert (await opened.answer())["code"]


async def test_a_required_unionid_that_is_missing_is_told_to_the_operator(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    plan = Plan(settings={"BRIDGE_SUBJECT": "unionid"}, platform_account=None)
    async with world(tmp_path, clock, plan) as unbound:
        page = await unbound.arrive()
        assert page.text("error") == "server_error"
        assert "WeChatUnionidMissing" in caplog.text
        unbound.simulator.applications.bind(APPID, "main")
        assert (await unbound.sign_in())["sub"]


async def test_two_people_behind_one_unionid_are_not_signed_in_as_one(a_world: World) -> None:
    """A virtual unionid that is shared: the second has another openid of the same appid."""
    first = await a_world.sign_in("zhang-wei")
    people = a_world.simulator.people
    unionid = unionid_of(people["zhang-wei"], a_world.simulator.applications[APPID])
    assert unionid == first["sub"]
    people.change_unionid("family", first["sub"])
    page = await a_world.arrive("family")
    assert page.text("error") == "access_denied"
    assert (await a_world.sign_in("zhang-wei"))["sub"] == first["sub"]


async def test_ids_of_two_accounts_sign_in_the_openids_and_tell_the_operator(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody becomes somebody else on a channel that they used before."""
    caplog.set_level("INFO")
    one, other = await a_world.sign_in("zhang-wei"), await a_world.sign_in("family")
    a_world.simulator.people.change_unionid("family", one["sub"])
    assert (await a_world.sign_in("family"))["sub"] == other["sub"]
    store = a_world.provider.store
    ids = [
        (await store.find_accounts(claims["sub"], retired_as=""))[0].account.account_id
        for claims in (other, one)
    ]
    line = f"identity.conflict client_id=demo account_id={ids[0]} other_account_id={ids[1]}"
    assert line in caplog.text
    assert (await a_world.sign_in("zhang-wei"))["sub"] == one["sub"]
