"""WeChat fails, and the person, the client and the log are each told what concerns them."""

from pathlib import Path

import httpx
import pytest

from bridge.wechat.simulator import Kind
from bridge.wechat.simulator.faults import Fault, errcode, html, http_status
from tests.world import Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio

TOKEN = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"


async def test_a_code_that_wechat_has_seen_before_starts_the_sign_in_again(
    a_world: World,
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    code = httpx.URL(url).params["code"]
    used = await a_world.browser.http.get(
        f"{a_world.wechat_url}{TOKEN}",
        params={
            "appid": a_world.settings.wechat[0].client_id,
            "secret": a_world.settings.wechat[0].client_secret.get_secret_value(),
            "code": code,
            "grant_type": "authorization_code",
        },
    )
    assert "openid" in used.json()
    page = await a_world.browser.open(url)
    assert page.has("notice")
    wechat = await a_world.browser.click(page, "wechat-login")
    response = await a_world.browser.send(wechat, "approve", follow_redirects=False)
    answer = await a_world.browser.http.get(response.headers["location"])
    assert parameters_of(answer)["state"] == "the state"
    assert parameters_of(answer)["code"]


async def test_a_code_that_expired_at_wechat_starts_the_sign_in_again(a_world: World) -> None:
    """Five minutes or ten at WeChat, as it is written in one place or the other."""
    a_world.simulator.code_lifetimes[Kind.WEBSITE] = 300
    await a_world.register()
    url = await a_world.callback_url()
    a_world.clock.wind(301)
    page = await a_world.browser.open(url)
    assert page.has("notice")
    assert page.has("wechat-login")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (http_status(500), "temporarily_unavailable"),
        (html(), "temporarily_unavailable"),
        (errcode(40125), "server_error"),
        (errcode(40013), "server_error"),
    ],
)
async def test_what_wechat_answers_is_told_to_the_client_in_its_own_words(
    a_world: World, fault: Fault, error: str
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(TOKEN, fault)
    answer = parameters_of(await a_world.browser.http.get(url))
    assert answer["error"] == error
    assert answer["state"] == "the state"
    assert answer["iss"] == a_world.bridge_url


async def test_whom_wechat_keeps_out_reads_so_and_finds_the_way_back(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(TOKEN, errcode(50002))
    page = await a_world.browser.open(url)
    assert (page.response.status_code, page.text("error")) == (403, "access_denied")
    assert not page.has("wechat-login")
    back = await a_world.browser.send(page, "cancel", follow_redirects=False)
    assert parameters_of(back)["error"] == "access_denied"


async def test_a_profile_that_cannot_be_read_ends_the_sign_in(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(USERINFO, http_status(502))
    answer = parameters_of(await a_world.browser.http.get(url))
    assert answer["error"] == "temporarily_unavailable"


async def test_wechat_is_down(tmp_path: Path, clock: Clock) -> None:
    """Nothing listens where WeChat's API should be."""
    plan = Plan(settings={"BRIDGE_API_HOSTS": "http://127.0.0.1:9"})
    async with world(tmp_path, clock, plan) as down:
        await down.register()
        answer = parameters_of(await down.callback())
    assert answer["error"] == "temporarily_unavailable"


async def test_the_operator_reads_that_the_app_secret_is_wrong(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "f" * 32
    plan = Plan(settings={"BRIDGE_WECHAT_CLIENT_SECRET": wrong})
    async with world(tmp_path, clock, plan) as opened:
        await opened.register()
        answer = parameters_of(await opened.callback())
    assert answer["error"] == "server_error"
    assert "wechat.misconfigured" in caplog.text
    assert "WeChatSecretRejected" in caplog.text
    assert "errcode 40125" in caplog.text
    assert wrong not in caplog.text
