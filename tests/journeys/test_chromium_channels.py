"""Each browser that people have is shown its way, and signs in by it where that is possible."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests import user_agents as seen
from tests.chromium import launched
from tests.variants import all_but_the_first_in_ci_alone
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
START = "https://rp.example/login"
SETTINGS = {
    "BRIDGE_WECHAT_2_CLIENT_ID": "wx00000000000000ac",
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
    "BRIDGE_WECHAT_2_KIND": "official_account",
}


@dataclass(frozen=True)
class Visitor:
    """``way`` is in the text of the page that they land on, ``amr`` how they have signed in."""

    user_agent: str
    viewport: ViewportSize
    way: str
    amr: list[str]
    has_code: bool = False
    has_start: bool = False


QR, IN_APP = ["wechat", "qr"], ["wechat", "in_app"]
VISITORS = {
    "desktop Chrome": Visitor(seen.DESKTOP_CHROME, DESKTOP, "Scan the code", QR, has_code=True),
    "iPhone WeChat": Visitor(seen.IPHONE_WECHAT, PHONE, "You are in WeChat", IN_APP),
    "Android WeChat": Visitor(seen.ANDROID_WECHAT, PHONE, "You are in WeChat", IN_APP),
    "Windows WeChat": Visitor(seen.WINDOWS_WECHAT, DESKTOP, "You are in WeChat", IN_APP),
    "Mac WeChat": Visitor(seen.MAC_WECHAT, DESKTOP, "You are in WeChat", IN_APP),
    "WeCom": Visitor(seen.IPHONE_WECOM, PHONE, "This is WeCom", QR, has_code=True, has_start=True),
    "iPhone Safari": Visitor(
        seen.IPHONE_SAFARI, PHONE, "A phone cannot scan", QR, has_code=True, has_start=True
    ),
}
# The others are CI's
USUAL = {"desktop Chrome", "iPhone WeChat", "iPhone Safari"}


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A website application and an official account, and a demo that says where it begins."""
    plan = Plan(settings=SETTINGS)
    async with world(tmp_path_factory.mktemp("both"), Clock(), plan) as opened:
        await opened.provider.store.change_client(
            "demo", lambda client: replace(client, initiate_login_uri=START)
        )
        yield opened


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


async def _asked(both: World, chromium: Browser, visitor: Visitor, **options: Any) -> Page:
    """The page before WeChat, as this visitor comes to it from the demo."""
    context = await chromium.new_context(
        user_agent=visitor.user_agent, viewport=visitor.viewport, locale="en", **options
    )
    page = await context.new_page()
    await page.goto(both.relying_party_url)
    await page.click("#sign-in")
    return page


async def _claims(page: Page) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(await page.inner_text("#claims"))
    return claims


@pytest.mark.parametrize(
    "visitor",
    [
        pytest.param(visitor, id=name, marks=() if name in USUAL else pytest.mark.every_variant)
        for name, visitor in VISITORS.items()
    ],
)
@pytest.mark.parametrize("scripts", all_but_the_first_in_ci_alone([True, False]))
async def test_each_browser_lands_on_its_page_and_signs_in(
    both: World,
    chromium: Browser,
    visitor: Visitor,
    scripts: bool,  # noqa: FBT001 - whether the browser runs any
) -> None:
    page = await _asked(both, chromium, visitor, java_script_enabled=scripts)
    assert visitor.way in await page.inner_text("#way")
    assert await page.locator("#code").count() == visitor.has_code
    assert await page.locator("#start").count() == visitor.has_start
    await page.click("#wechat-login")
    await page.select_option("#person", "zhang-wei")
    await page.click("#approve")
    claims = await _claims(page)
    assert claims["name"] == "张伟"
    assert claims["amr"] == visitor.amr
    await page.context.close()


@pytest.mark.parametrize(
    "visitor", all_but_the_first_in_ci_alone(VISITORS.values()), ids=list(VISITORS)
)
async def test_each_browser_leads_back_without_a_sign_in(
    both: World, chromium: Browser, visitor: Visitor
) -> None:
    page = await _asked(both, chromium, visitor)
    await page.click("#cancel")
    assert await page.inner_text("#error") == "access_denied"
    assert page.url.startswith(both.relying_party_url)
    await page.context.close()


async def test_the_code_in_the_page_signs_in_the_whole_window(
    both: World, chromium: Browser
) -> None:
    page = await _asked(both, chromium, VISITORS["desktop Chrome"])
    frame = page.frame_locator("#code")
    await frame.locator("#approve").click()
    assert (await _claims(page))["amr"] == QR
    await page.context.close()


@pytest.mark.every_variant
async def test_a_denial_in_the_frame_leaves_the_page_with_its_ways_on(
    both: World, chromium: Browser
) -> None:
    """WeChat reports no refusal."""
    page = await _asked(both, chromium, VISITORS["desktop Chrome"])
    frame = page.frame_locator("#code")
    await frame.locator("#deny").click()
    await frame.locator("#approve").wait_for(state="detached")
    await page.click("#cancel")
    assert await page.inner_text("#error") == "access_denied"
    await page.context.close()


@pytest.mark.every_variant
async def test_another_way_is_a_press_away(both: World, chromium: Browser) -> None:
    page = await _asked(both, chromium, VISITORS["iPhone WeChat"])
    await page.click("#other-way")
    await page.frame_locator("#code").locator("#approve").click()
    assert (await _claims(page))["amr"] == QR
    await page.context.close()


@pytest.mark.every_variant
async def test_a_page_that_is_too_old_says_so_and_is_renewed(
    both: World, chromium: Browser
) -> None:
    page = await _asked(both, chromium, VISITORS["desktop Chrome"])
    await page.clock.install()
    await page.reload()
    assert await page.is_visible("#code")
    assert not await page.is_visible("#expired")
    await page.clock.fast_forward(600_000)
    await page.wait_for_selector("#expired")
    assert not await page.is_visible("#code")
    assert not await page.is_visible("#wechat-login")
    await page.click("#refresh")
    await page.click("#wechat-login")
    await page.click("#approve")
    assert (await _claims(page))["sub"]
    await page.context.close()


@pytest.mark.every_variant
async def test_the_address_to_begin_at_can_be_copied_by_a_press(
    both: World, chromium: Browser
) -> None:
    page = await _asked(both, chromium, VISITORS["iPhone Safari"])
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.click("#copy")
    await page.wait_for_selector("#copied:not(:empty)")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.inner_text("#start")
    assert copied.startswith(START)
    await page.context.close()
