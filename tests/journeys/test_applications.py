"""Several applications at WeChat: each relying party is signed in to by those it may use."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.world import APPID, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

SECOND = "wx00000000000000ff"
TWO = {
    "BRIDGE_WECHAT_2_CLIENT_ID": SECOND,
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
    "BRIDGE_WECHAT_2_PLATFORM_ACCOUNT": "second",
}


@pytest.fixture
async def two(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=TWO)) as opened:
        yield opened


async def _appid_asked_for(a_world: World) -> str:
    page = await a_world.browser.open(a_world.authorization_url())
    return parse_qs(urlsplit(page.link("wechat-login")).query)["appid"][0]


async def test_the_first_application_of_the_settings_is_taken(two: World) -> None:
    await two.register()
    assert await _appid_asked_for(two) == APPID


async def test_a_client_is_signed_in_to_by_an_application_that_it_may_use(two: World) -> None:
    await two.register(wechat_applications=(SECOND,), scope=("openid", "wechat"))
    assert await _appid_asked_for(two) == SECOND
    code = (await two.answer(scope="openid wechat"))["code"]
    claims = claims_of((await two.redeem(code)).json()["id_token"])
    assert claims["wechat_appid"] == SECOND


async def test_a_code_of_an_application_that_the_client_may_no_longer_use_is_not_exchanged(
    two: World,
) -> None:
    await two.register(wechat_applications=(SECOND,))
    came_back = await two.callback_url()
    await two.provider.store.change_client(
        "rp", lambda client: replace(client, wechat_applications=(APPID,))
    )
    page = await two.browser.open(came_back)
    assert page.has("notice")
    assert parse_qs(urlsplit(page.link("wechat-login")).query)["appid"] == [APPID]


async def test_a_code_is_not_exchanged_before_the_person_was_shown_the_way(two: World) -> None:
    """What was posted waits for a GET; nobody can have come back from WeChat before."""
    await two.register()
    asked = urlsplit(two.authorization_url())
    posted = await two.browser.http.post(
        f"{two.bridge_url}/authorize",
        content=asked.query,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    wechat_state = parse_qs(urlsplit(posted.headers["location"]).query)["wechat_state"][0]
    page = await two.browser.open(f"{two.bridge_url}/callback/wechat?code=x&state={wechat_state}")
    assert page.has("wechat-login")


async def test_a_client_that_may_use_no_application_for_browsers_is_told(two: World) -> None:
    await two.register(wechat_applications=("wx00000000000000aa",))
    answer = await two.browser.http.get(two.authorization_url())
    assert parameters_of(answer)["error"] == "server_error"
