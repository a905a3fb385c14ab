"""No page is wider than the screen, whatever it says and in whichever language."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize

import bridge.pages
from bridge.pages import LANGUAGES
from tests.chromium import launched
from tests.pages.every_page import PAGES, site
from tests.serving import bound, port_of, served

pytestmark = pytest.mark.anyio

NARROW = ViewportSize(width=320, height=600)
WIDE = ViewportSize(width=1280, height=800)

# What is wider than the screen, or than the room it has
TOO_WIDE = """
() => [...document.querySelectorAll('html, body, body *')]
    .filter(element => element.scrollWidth > element.clientWidth + 1
        && getComputedStyle(element).display !== 'inline'
        || element.getBoundingClientRect().right > window.innerWidth + 0.5)
    .map(element => element.outerHTML.slice(0, 100))
"""
FONT = "() => getComputedStyle(document.documentElement).fontFamily"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


async def _opened(page: Page, url: str) -> Page:
    answer = await page.goto(url)
    assert answer
    assert await page.inner_text("h1")
    return page


def test_every_page_is_looked_at() -> None:
    pages = {name for name in bridge.pages.__all__ if name.endswith("_page")}
    assert {name.partition("-")[0] + "_page" for name in PAGES} == pages


@pytest.mark.every_variant
@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_is_wider_than_a_small_phone_or_a_desktop(
    chromium: Browser, language: str
) -> None:
    with bound() as listener:
        async with served((site(), listener)):
            for viewport in (NARROW, WIDE):
                context = await chromium.new_context(viewport=viewport, java_script_enabled=False)
                page = await context.new_page()
                for name in PAGES:
                    await _opened(page, f"http://127.0.0.1:{port_of(listener)}/{language}/{name}")
                    assert await page.evaluate(TOO_WIDE) == [], name
                await context.close()


async def test_every_script_has_fonts_of_its_own(chromium: Browser) -> None:
    """The same character is drawn differently in China, Taiwan and Japan."""
    with bound() as listener:
        async with served((site(), listener)):
            page = await chromium.new_page()
            fonts: dict[str, str] = {}
            for language in LANGUAGES:
                await _opened(page, f"http://127.0.0.1:{port_of(listener)}/{language}/logout")
                fonts[language] = await page.evaluate(FONT)
            await page.close()
    assert len(set(fonts.values())) == len(LANGUAGES)
    assert "PingFang TC" in fonts["zh-TW"]
    assert all(families.endswith("sans-serif") for families in fonts.values())
