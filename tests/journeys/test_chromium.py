"""The same journey in a real browser: Chromium, driven by Playwright."""

import json
import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
    async_playwright,
)

from tests.world import World

pytestmark = pytest.mark.anyio

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
NARROW = ViewportSize(width=320, height=600)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


async def test_a_person_signs_in_and_out_in_chromium(a_world: World, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(a_world.relying_party_url)
    await page.click("#sign-in")
    await page.click("#wechat-login")
    await page.select_option("#person", "zhang-wei")
    await page.click("#approve")
    claims = json.loads(await page.inner_text("#claims"))
    assert claims["iss"] == a_world.bridge_url
    assert claims["name"] == "张伟"
    await page.click("#sign-out")
    await page.wait_for_selector("#sign-in")
    await page.context.close()


async def test_cancel_leads_back_in_chromium(a_world: World, chromium: Browser) -> None:
    """No policy of ours stops a form that is answered by a redirection elsewhere."""
    page = await chromium.new_page()
    await page.goto(a_world.relying_party_url)
    await page.click("#sign-in")
    await page.click("#cancel")
    assert await page.inner_text("#error") == "access_denied"
    assert page.url.startswith(a_world.relying_party_url)
    await page.context.close()


async def test_no_page_needs_javascript_or_a_wide_screen(a_world: World, chromium: Browser) -> None:
    for viewport in (PHONE, NARROW, DESKTOP):
        context = await chromium.new_context(java_script_enabled=False, viewport=viewport)
        page = await context.new_page()
        told: list[str] = []

        def note(message: ConsoleMessage, told: list[str] = told) -> None:
            told.append(message.text)

        page.on("console", note)
        await page.goto(a_world.relying_party_url)
        for element in ("#sign-in", "#wechat-login", "#approve"):
            assert await _fits(page), element
            await page.click(element)
        assert json.loads(await page.inner_text("#claims"))["sub"]
        assert await _fits(page)
        assert [text for text in told if "Content Security Policy" in text] == []
        await context.close()


async def _fits(page: Page) -> bool:
    """Nothing makes the page wider than the screen."""
    box = await page.locator("html").bounding_box()
    size = page.viewport_size
    assert box
    assert size
    return box["width"] <= size["width"]
