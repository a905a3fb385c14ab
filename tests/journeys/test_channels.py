"""By which way a person is offered to sign in, and that it leads back to where they began."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

from bridge.endpoints.offering import RENEWABLE
from bridge.endpoints.pending import LIFETIME
from tests import user_agents as seen
from tests.browsing import Page, page_of
from tests.journeys.pushing import pushed, url_of
from tests.world import (
    APPID,
    Clock,
    Plan,
    World,
    claims_of,
    parameters_of,
    world,
)

pytestmark = pytest.mark.anyio

ACCOUNT = "wx00000000000000ac"
BOTH = {
    "BRIDGE_WECHAT_2_CLIENT_ID": ACCOUNT,
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
    "BRIDGE_WECHAT_2_KIND": "official_account",
}
ACCOUNT_ALONE = {"BRIDGE_WECHAT_KIND": "official_account"}
START = "https://rp.example/login"


@pytest.fixture
async def both(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=BOTH)) as opened:
        await opened.register(initiate_login_uri=START, scope=("openid", "profile", "wechat"))
        yield opened


@pytest.fixture
async def account(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=ACCOUNT_ALONE)) as opened:
        await opened.register(client_uri="https://rp.example/")
        yield opened


async def shown(a_world: World, user_agent: str, **changed: str | None) -> Page:
    """The sign-in page, as this browser sees it."""
    a_world.browser.http.headers["user-agent"] = user_agent
    changed.setdefault("prompt", "login")
    return await a_world.browser.open(a_world.authorization_url(**changed))


def appid_of(page: Page) -> str:
    return parse_qs(urlsplit(page.link("wechat-login")).query)["appid"][0]


async def chosen(a_world: World, page: Page, channel: str | None) -> httpx.Response:
    """What is answered to ``#refresh`` or ``#other-way``, with a ``channel`` of one's own."""
    form = page.by_id["refresh"].form
    assert form
    fields = form.fields | ({"channel": channel} if channel is not None else {})
    return await a_world.browser.http.post(f"{a_world.bridge_url}/sign_in", data=fields)


async def cancelled(a_world: World, page: Page) -> str:
    answer = await a_world.browser.send(page, "cancel", follow_redirects=False)
    return parameters_of(answer)["error"]


async def approved(a_world: World, page: Page) -> dict[str, str]:
    """Go to WeChat, approve, and return what the relying party is told."""
    wechat = await a_world.browser.click(page, "wechat-login")
    back = await a_world.browser.send(wechat, "approve", follow_redirects=False, person="zhang-wei")
    return parameters_of(await a_world.browser.http.get(back.headers["location"]))


async def test_a_desktop_gets_the_code_in_a_frame_and_by_a_link(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME, ui_locales="en")
    frame, link = page.by_id["code"].attributes["src"], page.link("wechat-login")
    assert appid_of(page) == APPID
    assert frame.startswith(link.removesuffix("#wechat_redirect"))
    assert "self_redirect=false" in frame
    assert "lang=en" in link
    policy = page.response.headers["content-security-policy"]
    assert f"frame-src {both.wechat_url} 'self'" in policy
    assert "code" in await approved(both, page)


async def test_a_setting_leaves_the_frame_out(tmp_path: Path, clock: Clock) -> None:
    plan = Plan(settings={"BRIDGE_QR_CODE": "redirect"})
    async with world(tmp_path, clock, plan) as a_world:
        await a_world.register()
        page = await shown(a_world, seen.DESKTOP_CHROME)
        assert not page.has("code")
        assert "frame-src" not in page.response.headers["content-security-policy"]
        assert "code" in await approved(a_world, page)


@pytest.mark.parametrize(
    "user_agent",
    [seen.IPHONE_WECHAT, seen.ANDROID_WECHAT, seen.WINDOWS_WECHAT, seen.MAC_WECHAT],
)
async def test_within_wechat_one_tap_leads_to_the_official_account(
    both: World, user_agent: str
) -> None:
    """WeChat matches the parameters with their order, and demands the fragment."""
    page = await shown(both, user_agent)
    link = urlsplit(page.link("wechat-login"))
    sent = dict(parse_qsl(link.query))
    assert link.path == "/connect/oauth2/authorize"
    ordered = ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert list(sent) == [*ordered, "connect_redirect"]
    assert (sent["appid"], sent["scope"]) == (ACCOUNT, "snsapi_userinfo")
    assert link.fragment == "wechat_redirect"
    assert not page.has("code")
    assert "nickname" in page.text("shares")


async def test_within_wechat_a_person_comes_back_once(account: World) -> None:
    """WeChat for Android has come back twice, with two codes: a second sign-in page."""
    account.simulator.behaviour.change(redirects_twice=True)
    assert "code" in await approved(account, await shown(account, seen.ANDROID_WECHAT))


async def test_who_is_asked_for_their_id_alone_is_told_so(tmp_path: Path, clock: Clock) -> None:
    plan = Plan(settings=ACCOUNT_ALONE | {"BRIDGE_WECHAT_SCOPE": "snsapi_base"})
    async with world(tmp_path, clock, plan) as a_world:
        await a_world.register()
        page = await shown(a_world, seen.IPHONE_WECHAT)
        assert "scope=snsapi_base" in page.link("wechat-login")
        assert "WeChat may share" not in page.text("shares")
        assert "identifier" in page.text("shares")


async def test_a_phone_is_led_to_the_apps_own_page_and_never_to_the_request(both: World) -> None:
    """The app's ``state`` lives in the browser in which the sign-in began."""
    page = await shown(both, seen.IPHONE_SAFARI)
    assert page.text("start") == f"{START}?{urlencode({'iss': both.bridge_url})}"
    assert appid_of(page) == APPID
    text = page.response.text
    assert text.index('id="wechat-login"') < text.index('id="start"')
    assert "/authorize?client_id" not in text
    assert "code" in await approved(both, page)


async def test_a_phone_with_an_official_account_alone_goes_on_within_wechat(
    account: World,
) -> None:
    page = await shown(account, seen.IPHONE_SAFARI)
    assert page.text("start") == "https://rp.example/"
    assert not page.has("wechat-login")
    assert await cancelled(account, page) == "access_denied"


async def test_a_desktop_with_an_official_account_alone_shows_the_address_to_a_phone(
    account: World,
) -> None:
    page = await shown(account, seen.DESKTOP_CHROME)
    assert page.has("start-code")
    assert page.text("start") == "https://rp.example/"
    assert not page.has("wechat-login")
    assert await cancelled(account, page) == "access_denied"


async def test_without_an_address_of_the_apps_the_page_still_says_what_to_do(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock, Plan(settings=ACCOUNT_ALONE)) as a_world:
        await a_world.register()
        page = await shown(a_world, seen.DESKTOP_CHROME)
        assert not page.has("start")
        assert not page.has("start-code")
        assert "Open Relying Party in WeChat" in page.response.text.replace("<bdi>", "").replace(
            "</bdi>", ""
        )


async def test_wecom_is_not_sent_to_the_official_account(both: World) -> None:
    page = await shown(both, seen.IPHONE_WECOM)
    assert "WeCom" in page.text("way")
    assert appid_of(page) == APPID
    assert not page.has("other-way")
    assert await cancelled(both, page) == "access_denied"


@pytest.mark.parametrize(
    "user_agent", [seen.DESKTOP_CHROME, seen.IPHONE_SAFARI, seen.IPHONE_WECHAT, seen.IPHONE_WECOM]
)
async def test_every_page_leads_back(both: World, user_agent: str) -> None:
    assert await cancelled(both, await shown(both, user_agent)) == "access_denied"


async def test_a_wrong_guess_is_put_right_by_hand_and_back(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    within = page_of(await both.browser.send(page, "other-way", follow_redirects=False))
    assert appid_of(within) == ACCOUNT
    again = page_of(await both.browser.send(within, "other-way", follow_redirects=False))
    assert appid_of(again) == APPID
    assert "code" in await approved(both, again)


async def test_what_was_chosen_stays_chosen_when_the_page_is_renewed(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    within = page_of(await both.browser.send(page, "other-way", follow_redirects=False))
    renewed = page_of(await both.browser.send(within, "refresh", follow_redirects=False))
    assert appid_of(renewed) == ACCOUNT
    assert renewed.link("wechat-login") != within.link("wechat-login")


async def test_by_which_application_somebody_comes_back_is_sealed(both: World) -> None:
    """A user agent routes, and authorizes nothing: another one at the callback changes nothing."""
    page = await shown(both, seen.DESKTOP_CHROME, scope="openid wechat")
    wechat = await both.browser.click(page, "wechat-login")
    back = await both.browser.send(wechat, "approve", follow_redirects=False)
    both.browser.http.headers["user-agent"] = seen.IPHONE_WECHAT
    told = parameters_of(await both.browser.http.get(back.headers["location"]))
    id_token = (await both.redeem(told["code"])).json()["id_token"]
    assert claims_of(id_token)["wechat_appid"] == APPID


async def test_two_ways_at_once_do_not_disturb_one_another(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    await both.browser.send(page, "other-way", follow_redirects=False)
    assert "code" in await approved(both, page)


async def test_a_client_limited_to_the_official_account_is_not_signed_in_to_by_a_code(
    both: World,
) -> None:
    await both.register(client_id="limited", wechat_applications=(ACCOUNT,))
    page = await shown(both, seen.DESKTOP_CHROME, client_id="limited")
    assert not page.has("wechat-login")
    forced = await chosen(both, page, "website")
    assert not page_of(forced).has("wechat-login")


async def test_a_page_is_renewed_long_after_the_request_has_expired(both: World) -> None:
    """WCAG 2.2, success criterion 2.2.1: nobody has to be quick."""
    page = await shown(both, seen.DESKTOP_CHROME)
    both.clock.wind(RENEWABLE - 1)
    late = await both.browser.click(page, "cancel")
    assert late.text("error") == "invalid_request"
    renewed = page_of(await both.browser.send(page, "refresh", follow_redirects=False))
    told = await approved(both, renewed)
    assert told["state"] == "the state"
    assert "code" in told


async def test_a_pushed_request_is_answered_once_however_often_its_page_is_renewed(
    both: World,
) -> None:
    """RFC 9126 §4: the visit stays the same, and another one finds nothing."""
    url = url_of(both, await pushed(both, prompt="login"))
    page = await both.browser.open(url)
    both.clock.wind(LIFETIME)
    renewed = page_of(await both.browser.send(page, "refresh", follow_redirects=False))
    assert "code" in await approved(both, renewed)
    assert (await both.browser.http.get(url)).status_code == 400


async def test_a_pushed_request_that_we_no_longer_keep_is_told_to_the_app(both: World) -> None:
    page = await both.browser.open(url_of(both, await pushed(both, prompt="login")))
    both.clock.wind(RENEWABLE - 1)
    await both.provider.store.forget_expired(now=both.clock.now)
    renewed = page_of(await both.browser.send(page, "refresh", follow_redirects=False))
    assert (await approved(both, renewed))["error"] == "invalid_request_uri"


async def test_a_page_of_another_day_is_not_renewed(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    both.clock.wind(RENEWABLE)
    late = page_of(await both.browser.send(page, "refresh", follow_redirects=False))
    assert late.response.status_code == 400
    assert late.text("error") == "invalid_request"


async def test_the_page_says_in_time_that_it_ends(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    assert 0 < int(page.by_id["refresh"].attributes["data-after"]) < LIFETIME


@pytest.mark.parametrize("channel", ["mobile", "mini_program", "wx", "website\n"])
async def test_a_way_that_is_none_is_refused(both: World, channel: str) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    assert (await chosen(both, page, channel)).status_code == 400


@pytest.mark.parametrize("sealed", ["", "x", "eyJhbGciOiJkaXIi.x.y.z.w"])
async def test_what_we_have_not_sealed_is_not_renewed(both: World, sealed: str) -> None:
    answer = await both.browser.http.post(f"{both.bridge_url}/sign_in", data={"request": sealed})
    assert answer.status_code == 400


async def test_a_pending_request_is_no_page_that_can_be_renewed(both: World) -> None:
    """Each kind is sealed under a key of its own."""
    await shown(both, seen.DESKTOP_CHROME)
    pending = [
        str(cookie.value) for cookie in both.browser.http.cookies.jar if "pending" in cookie.name
    ]
    assert pending
    for sealed in pending:
        answer = await both.browser.http.post(
            f"{both.bridge_url}/sign_in", data={"request": sealed}
        )
        assert answer.status_code == 400


async def test_what_was_withdrawn_meanwhile_is_not_renewed(both: World) -> None:
    page = await shown(both, seen.DESKTOP_CHROME)
    await both.provider.store.remove_client("rp")
    answer = await both.browser.send(page, "refresh", follow_redirects=False)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_callback_in_a_frame_is_taken_up_by_the_whole_window(both: World) -> None:
    """Nothing is used up by it, and none of our cookies is needed."""
    back = await both.callback_url(browser=both.browser)
    async with both.another_browser() as frame:
        framed = await frame.http.get(back, headers={"Sec-Fetch-Dest": "iframe"})
    page = page_of(framed)
    assert framed.status_code == 200
    assert "set-cookie" not in framed.headers
    assert "frame-ancestors 'self'" in framed.headers["content-security-policy"]
    assert page.by_id["continue"].attributes == {
        "class": "button primary",
        "id": "continue",
        "href": back,
        "target": "_top",
    }
    told = parameters_of(await both.browser.http.get(page.link("continue")))
    assert "code" in told


async def test_no_other_page_of_ours_may_be_held_in_a_frame(both: World) -> None:
    url = both.authorization_url()
    answer = await both.browser.http.get(url, headers={"Sec-Fetch-Dest": "iframe"})
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


async def test_what_stands_in_the_callback_of_a_frame_is_data(both: World) -> None:
    hostile = (
        f"{both.bridge_url}/callback/wechat?code=%22%3E%3Cscript%3E&state=\"'<b>&x=javascript:"
    )
    answer = await both.browser.http.get(hostile, headers={"Sec-Fetch-Dest": "iframe"})
    assert "<b>" not in answer.text
    assert page_of(answer).link("continue").startswith(f"{both.bridge_url}/callback/wechat?")
