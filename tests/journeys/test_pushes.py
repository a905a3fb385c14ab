"""What follows when WeChat says that somebody withdrew their authorization, or cleaned them up."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.oidc.account import Account
from bridge.wechat.identity import WeChatIdentity
from bridge.wechat.simulator.push_messages import PushFormat
from bridge.wechat.simulator.pushes import PushMode
from tests.journeys.relying_parties import relying_party, verified
from tests.journeys.wechat_console import (
    CLEANED,
    CLOSED,
    SECURE,
    WITHDRAWN,
    change,
    openid,
    push,
    send_once,
    subscribe,
)
from tests.world import APPID, CLIENT_SECRET, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

SCOPE = ("openid", "profile", "offline_access")
SECOND = "wx00000000000000ff"
TWO = {
    **SECURE,
    "BRIDGE_WECHAT_2_CLIENT_ID": SECOND,
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
}


@pytest.fixture
async def listening(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    """A bridge that takes pushes in the secure mode, as WeChat is told."""
    async with world(tmp_path, clock, Plan(settings=SECURE)) as opened:
        await opened.register(scope=SCOPE)
        subscribe(opened)
        yield opened


async def signed_in(a_world: World, person: str = "zhang-wei") -> dict[str, Any]:
    """Sign in and return the token response."""
    answer = await a_world.answer(person, scope=" ".join(SCOPE))
    tokens: dict[str, Any] = (await a_world.redeem(answer["code"])).json()
    return tokens


async def refreshed(a_world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    url = f"{a_world.bridge_url}/token"
    response = await a_world.browser.http.post(url, data=form, auth=("rp", CLIENT_SECRET))
    answer: dict[str, Any] = response.json()
    return answer


async def is_nameless(a_world: World, tokens: dict[str, Any]) -> bool:
    """Whether of this person no name and no picture of WeChat's is told any more."""
    userinfo: dict[str, str] = (await a_world.userinfo(tokens["access_token"])).json()
    is_made_up = userinfo["name"].startswith("WeChat user ")
    assert userinfo["picture"].endswith("/avatar/default.png") is is_made_up
    return is_made_up


async def is_signed_in(a_world: World) -> bool:
    url = a_world.authorization_url(prompt="none")
    return "code" in parameters_of(await a_world.browser.http.get(url))


async def account_of(a_world: World, person: str = "zhang-wei") -> Account:
    identity = WeChatIdentity(
        appid=APPID, platform_account="main", openid=openid(a_world, person), unionid=None
    )
    account, _ = await a_world.provider.store.find_account(identity, None)
    assert account is not None
    return account


def audited(a_world: World) -> list[tuple[str, str]]:
    """(event, account_id) of the audit trail."""
    with closing(sqlite3.connect(a_world.settings.sqlite_path)) as database:
        return database.execute(
            "SELECT event, account_id FROM audit WHERE event LIKE '%.withdrawn'"
            " OR event LIKE '%cleaned' OR event LIKE '%closed' ORDER BY at"
        ).fetchall()


# Withdrawn: everything ends, and the person comes back as themselves


@pytest.mark.parametrize("format_", PushFormat)
@pytest.mark.parametrize("mode", [PushMode.SECURE, PushMode.COMPATIBLE])
async def test_who_withdraws_is_signed_out_and_nothing_that_was_given_is_good(
    listening: World, mode: PushMode, format_: PushFormat
) -> None:
    subscribe(listening, mode=mode, format_=format_)
    assert await listening.simulator.pushes.check_url(APPID)
    tokens = await signed_in(listening)
    unspent = parameters_of(await listening.browser.http.get(listening.authorization_url()))
    assert (await listening.userinfo(tokens["access_token"])).status_code == 200

    (answer,) = await push(listening)

    assert (answer.status, answer.text) == (200, "success")
    assert not await is_signed_in(listening)
    assert (await listening.userinfo(tokens["access_token"])).status_code == 401
    assert (await refreshed(listening, tokens))["error"] == "invalid_grant"
    assert (await listening.redeem(unspent["code"])).json()["error"] == "invalid_grant"


async def test_who_withdraws_in_wechat_is_signed_out_here(listening: World) -> None:
    """From the person's tap on: WeChat's own tokens end, and the bridge is told."""
    tokens = await signed_in(listening)
    happening = {"event": WITHDRAWN, "person": "zhang-wei"}
    url = f"{listening.wechat_url}/control/pushes/{APPID}"
    answer = await listening.browser.http.post(url, json=happening)
    assert answer.json() == {"pushed": [{"status": 200, "success": True}]}
    assert (await refreshed(listening, tokens))["error"] == "invalid_grant"
    assert (await signed_in(listening))["token_type"] == "Bearer"


async def test_who_comes_back_after_withdrawing_is_who_they_were(listening: World) -> None:
    """``sub`` and user name are pinned; the profile is what WeChat tells then."""
    before = claims_of((await signed_in(listening))["id_token"])
    await push(listening)
    listening.simulator.people.rename("zhang-wei", "张三")
    after = claims_of((await signed_in(listening))["id_token"])
    assert after["sub"] == before["sub"]
    assert after["preferred_username"] == before["preferred_username"]
    assert (before["name"], after["name"]) == ("张伟", "张三")


async def test_what_wechat_told_is_erased_and_what_the_operator_wrote_is_not(
    listening: World,
) -> None:
    await signed_in(listening)
    account = await account_of(listening)
    assert account.nickname == "张伟"
    store, now = listening.provider.store, listening.clock.now
    await store.change_claims(account.subject, lambda _: {"email": "zw@example.com"}, now=now)
    await push(listening)
    left = await account_of(listening)
    assert (left.nickname, left.picture) == (None, None)
    assert left.claims == {"email": "zw@example.com"}
    assert audited(listening) == [("authorization.withdrawn", account.account_id)]


async def test_who_withdraws_is_asked_again_what_an_app_may_know(listening: World) -> None:
    await listening.register(client_id="asking", consent="remember")
    question = await listening.browser.open(await listening.callback_url(client_id="asking"))
    await listening.browser.send(question, "allow", follow_redirects=False)
    account = await account_of(listening)
    store = listening.provider.store
    assert await store.find_consent(account.account_id, "asking") is not None
    await push(listening)
    assert await store.find_consent(account.account_id, "asking") is None


async def test_relying_parties_are_told_by_back_channel(
    tmp_path: Path, clock: Clock, tls: Path
) -> None:
    settings = {**SECURE, "BRIDGE_FETCH_ALLOWED": "localhost"}
    async with (
        world(tmp_path, clock, Plan(settings=settings, tls=tls)) as https_world,
        relying_party(tls) as told,
    ):
        subscribe(https_world)
        await https_world.register(scope=SCOPE, backchannel_logout_uri=told.uri)
        claims = claims_of((await signed_in(https_world))["id_token"])
        (answer,) = await push(https_world)
        assert answer.is_success
        await https_world.provider.background.finish()
        (token,) = told.tokens
        known = await verified(https_world, token, client_id="rp", alg="RS256")
        assert known["sub"] == claims["sub"]


async def test_a_callback_that_comes_again_after_it_signs_nobody_in(listening: World) -> None:
    """Reload, or the back button: WeChat's code had been used before the person withdrew."""
    came_back = await listening.callback_url()
    first = await listening.browser.http.get(came_back)
    assert "code" in parameters_of(first)
    await push(listening)
    again = await listening.browser.http.get(came_back)
    assert "code=" not in again.headers.get("location", "")
    assert not await is_signed_in(listening)


async def test_others_do_not_notice(listening: World) -> None:
    async with listening.another_browser() as other:
        answer = await listening.answer("family", browser=other, scope=" ".join(SCOPE))
    family = (await listening.redeem(answer["code"])).json()
    await signed_in(listening)
    await push(listening)
    assert not await is_nameless(listening, family)
    assert "access_token" in await refreshed(listening, family)


async def test_every_browser_of_the_person_is_signed_out(listening: World) -> None:
    tokens = await signed_in(listening)
    async with listening.another_browser() as other:
        answer = await listening.answer(browser=other, scope=" ".join(SCOPE))
        elsewhere = (await listening.redeem(answer["code"])).json()
        await push(listening)
        for given in (tokens, elsewhere):
            assert (await refreshed(listening, given))["error"] == "invalid_grant"
        quiet = await other.http.get(listening.authorization_url(prompt="none"))
        assert parameters_of(quiet)["error"] == "login_required"


async def test_what_came_through_another_application_stays(tmp_path: Path, clock: Clock) -> None:
    """The profile goes all the same: nobody knows by which it came. The next sign-in brings it."""
    async with world(tmp_path, clock, Plan(settings=TWO)) as two:
        subscribe(two)
        await two.register(scope=SCOPE)
        through_first = await signed_in(two)
        await two.provider.store.change_client(
            "rp", lambda client: replace(client, wechat_applications=(SECOND,))
        )
        through_second = await signed_in(two)
        await push(two)
        assert (await refreshed(two, through_first))["error"] == "invalid_grant"
        assert "access_token" in await refreshed(two, through_second)
        assert await is_nameless(two, through_second)
        again = claims_of((await signed_in(two))["id_token"])
        assert again["name"] == "张伟"
        assert again["sub"] == claims_of(through_first["id_token"])["sub"]


async def test_who_closed_their_account_at_wechat_is_signed_out_too(listening: World) -> None:
    tokens = await signed_in(listening)
    (answer,) = await push(listening, CLOSED)
    assert answer.is_success
    assert (await refreshed(listening, tokens))["error"] == "invalid_grant"


# Cleaned by WeChat: the profile goes, and nothing else


async def test_a_profile_that_wechat_cleaned_is_dropped(listening: World) -> None:
    """As of 2026-11 it comes for who authorized within 30 days; the next sign-in tells it anew."""
    tokens = await signed_in(listening)
    account = await account_of(listening)
    (answer,) = await push(listening, CLEANED)
    assert answer.is_success
    assert await is_signed_in(listening)
    assert await is_nameless(listening, tokens)
    assert "access_token" in await refreshed(listening, tokens)
    assert audited(listening) == [("profile.cleaned", account.account_id)]
    assert claims_of((await signed_in(listening))["id_token"])["name"] == "张伟"


# Once


async def test_of_a_message_that_comes_again_only_the_first_counts(
    listening: World, caplog: pytest.LogCaptureFixture
) -> None:
    """WeChat repeats what was not answered in time, in a request of its own."""
    await signed_in(listening)
    withdrawn = change(listening)
    with caplog.at_level(logging.INFO, "bridge"):
        assert (await send_once(listening, withdrawn)).is_success
        tokens = await signed_in(listening)
        listening.clock.wind(200)
        for _ in range(3):
            assert (await send_once(listening, withdrawn)).is_success
    assert await is_signed_in(listening)
    assert "access_token" in await refreshed(listening, tokens)
    assert caplog.text.count("outcome=done") == 1
    assert caplog.text.count("outcome=repeated") == 3
    assert len(audited(listening)) == 1


async def test_who_withdraws_again_is_signed_out_again(listening: World) -> None:
    for _ in range(2):
        tokens = await signed_in(listening)
        await push(listening)
        assert (await refreshed(listening, tokens))["error"] == "invalid_grant"
        listening.clock.wind(1)
    assert [event for event, _ in audited(listening)] == ["authorization.withdrawn"] * 2


async def test_of_many_deliveries_at_once_one_counts(listening: World) -> None:
    await signed_in(listening)
    withdrawn = change(listening)
    answers = await asyncio.gather(*(send_once(listening, withdrawn) for _ in range(8)))
    assert all(answer.is_success for answer in answers)
    assert len(audited(listening)) == 1


async def test_two_who_withdraw_in_one_second_are_two(listening: World) -> None:
    """FromUserName is the platform's, so that it and CreateTime name no person."""
    tokens = await signed_in(listening)
    family = await signed_in(listening, "family")
    await push(listening)
    await push(listening, person="family")
    for given in (tokens, family):
        assert (await refreshed(listening, given))["error"] == "invalid_grant"


# What is not for us


@pytest.mark.parametrize(
    "members",
    [
        {"MsgType": "text", "Content": "hello", "MsgId": 1},
        {"MsgType": "event", "Event": "subscribe"},
        {"MsgType": "event", "Event": "user_subscribed_tomorrow"},
        {},
    ],
)
async def test_whatever_else_wechat_pushes_is_answered_and_counted(
    listening: World, members: dict[str, str | int], caplog: pytest.LogCaptureFixture
) -> None:
    named = openid(listening)
    sent = {"ToUserName": "gh_1", "FromUserName": named, "CreateTime": 1, **members}
    with caplog.at_level(logging.INFO, "bridge"):
        assert (await send_once(listening, sent)).text == "success"
    assert f"push.received appid={APPID} outcome=ignored" in caplog.text
    assert named not in caplog.text


async def test_of_who_was_never_here_nothing_is_kept(
    listening: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bridge"):
        for event in (WITHDRAWN, CLEANED, CLOSED):
            (answer,) = await push(listening, event, person="arabic")
            assert answer.is_success
    assert caplog.text.count("outcome=nobody") == 3
    assert audited(listening) == []
    assert openid(listening, "arabic") not in caplog.text


async def test_what_is_taken_is_forgotten_after_a_day(listening: World) -> None:
    await push(listening)
    listening.clock.wind(86_401)
    await listening.provider.store.forget_expired(now=listening.clock.now)
    with closing(sqlite3.connect(listening.settings.sqlite_path)) as database:
        assert database.execute("SELECT count(*) FROM received_pushes").fetchone() == (0,)
