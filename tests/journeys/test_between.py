"""What happens between the authorization and the token, as Authlib sees it."""

import json
from pathlib import Path
from typing import Any

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from tests.world import CLIENT_SECRET, REDIRECT_URI, Clock, Plan, World, header_of, world

pytestmark = pytest.mark.anyio

DAY, MONTH = 86_400, 2_592_000


async def test_keys_rotate_between_the_authorization_and_the_token(
    tmp_path: Path, clock: Clock
) -> None:
    """The ID Token is signed by the new key, which relying parties have known for a day."""
    real_now = clock.now
    clock.now = real_now - MONTH
    async with world(tmp_path, clock) as opened:
        old = await _kids(opened)
        clock.now = real_now - DAY
        announced = await _kids(opened)
        assert old < announced
        clock.now = real_now - 30
        answer = await _authorization_response(opened)
        clock.wind(30)
        page = await opened.browser.open(answer)
        claims = json.loads(page.text("claims"))
        assert claims["iat"] == real_now
        assert claims["auth_time"] == real_now - 30
        assert await _kids(opened) == announced

        await opened.register()
        code = (await opened.answer())["code"]
        id_token: str = (await opened.redeem(code)).json()["id_token"]
        assert header_of(id_token)["kid"] in announced - old


async def test_a_restart_between_the_authorization_and_the_token_is_not_noticed(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock) as before:
        answer = await _authorization_response(before)
        keys = await _kids(before)
        cookies = before.browser.http.cookies
    async with world(tmp_path, clock) as after:
        after.browser.http.cookies = cookies
        page = await after.browser.open(answer)
        assert json.loads(page.text("claims"))["sub"]
        assert await _kids(after) == keys


async def test_a_restart_while_the_person_is_at_wechat_is_not_noticed(
    tmp_path: Path, clock: Clock
) -> None:
    """The pending request is in the browser alone."""
    async with world(tmp_path, clock) as before:
        sign_in = await before.browser.open(f"{before.relying_party_url}/sign-in")
        cookies = before.browser.http.cookies
    async with world(tmp_path, clock) as after:
        after.browser.http.cookies = cookies
        wechat = await after.browser.click(sign_in, "wechat-login")
        page = await after.browser.click(wechat, "approve")
        assert json.loads(page.text("claims"))["sub"]


async def test_a_sign_in_by_an_application_that_was_changed_meanwhile_is_lost(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock) as before:
        await before.register()
        callback = await before.callback_url()
        cookies = before.browser.http.cookies
    changed = Plan(settings={"BRIDGE_WECHAT_CLIENT_ID": "wxfedcba9876543210"})
    async with world(tmp_path, clock, changed) as after:
        after.browser.http.cookies = cookies
        page = await after.browser.open(callback)
        assert page.response.status_code == 400
        assert page.text("error") == "invalid_request"


async def test_a_replayed_code_is_refused_and_its_token_dies(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    async with _authlib() as client:
        asked = {"url": f"{a_world.bridge_url}/token", "code": code}
        token = await client.fetch_token(**asked)
        userinfo = f"{a_world.bridge_url}/userinfo"
        assert (await client.get(userinfo)).json()["sub"]
        with pytest.raises(OAuthError) as replayed:
            await client.fetch_token(**asked)
        assert replayed.value.error == "invalid_grant"
        client.token = token
        assert (await client.get(userinfo)).status_code == 401


def _authlib() -> Any:
    return AsyncOAuth2Client(
        client_id="rp", client_secret=CLIENT_SECRET, redirect_uri=REDIRECT_URI, trust_env=False
    )


async def _authorization_response(opened: World) -> str:
    """Where the bridge sends the browser after the person approved, without going there."""
    wechat = await opened.at_wechat()
    approved = await opened.browser.send(wechat, "approve", follow_redirects=False)
    answered = await opened.browser.http.get(approved.headers["location"])
    assert answered.headers["location"].startswith(f"{opened.relying_party_url}/callback?")
    return answered.headers["location"]


async def _kids(opened: World) -> set[str]:
    response = await opened.browser.http.get(f"{opened.bridge_url}/jwks")
    return {key["kid"] for key in response.json()["keys"]}
