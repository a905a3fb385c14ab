"""WCAG 2.2, level AA, as far as a browser can be asked about it: on every page there is."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page

from bridge.pages import LANGUAGES
from tests.chromium import launched
from tests.pages.every_page import PAGES, site
from tests.pages.test_widths import NARROW, TOO_WIDE
from tests.serving import bound, port_of, served

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]

# The text of each element that has any of its own, with the contrast to what lies under it
CONTRASTS = """
() => {
    const channels = colour => colour.match(/[0-9.]+/g).map(Number);
    const luminance = colour => channels(colour).slice(0, 3)
        .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const under = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((channels(colour)[3] ?? 1) === 1) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    return [...document.querySelectorAll('body *')]
        .filter(element => [...element.childNodes].some(
            node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
        .map(element => {
            const [dark, light] = [getComputedStyle(element).color, under(element)]
                .map(luminance).sort((a, b) => a - b);
            return [element.outerHTML.slice(0, 100), (light + 0.05) / (dark + 0.05)];
        });
}
"""
FOCUSED = """
() => {
    const element = document.activeElement, style = getComputedStyle(element);
    return [element.id, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
}
"""
PRESSED = "a[href], button, iframe, summary, select, input:not([type=hidden])"
TARGETS = f"""
() => [...document.querySelectorAll('{PRESSED}')]
    .filter(element => element.getClientRects().length)
    .map(element => [element.id, element.getBoundingClientRect()])
    .map(([id, box]) => [id, box.width, box.height])
"""
OUTLINE = """
() => ({
    headings: [...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1])),
    mains: document.querySelectorAll('main').length,
    outside: [...document.body.children]
        .map(element => element.tagName).filter(tag => !['HEADER', 'MAIN', 'FOOTER'].includes(tag)),
    unnamed: [...document.querySelectorAll('a, button')].filter(e => !e.innerText.trim()).length,
    textless: document.querySelectorAll('img:not([alt])').length,
})
"""
# WCAG 2.2 §1.4.12
SPACED = """
* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important }
"""


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def pages(chromium: Browser) -> AsyncIterator["Pages"]:
    with bound() as listener:
        async with served((site(), listener)):
            yield Pages(chromium, f"http://127.0.0.1:{port_of(listener)}")


class Pages:
    def __init__(self, chromium: Browser, origin: str) -> None:
        self._chromium = chromium
        self._origin = origin

    async def every(self, language: str = "en", **options: Any) -> AsyncIterator[tuple[str, Page]]:
        """Open each page, without its scripts, so that it stays."""
        context = await self._chromium.new_context(**options)
        await context.route("**/*.js", lambda route: route.abort())
        page = await context.new_page()
        for name in PAGES:
            await page.goto(f"{self._origin}/{language}/{name}")
            yield name, page
        await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_stands_out_from_what_it_stands_on(
    pages: Pages, scheme: Literal["light", "dark"]
) -> None:
    """§1.4.3, for what is really drawn: 4.5 to 1."""
    async for name, page in pages.every(color_scheme=scheme):
        told: list[tuple[str, float]] = await page.evaluate(CONTRASTS)
        assert told
        assert [text for text, contrast in told if contrast < 4.5] == [], name


async def test_whoever_has_only_a_keyboard_sees_where_they_are(pages: Pages) -> None:
    """§2.1.1, §2.4.3, §2.4.7: each in its turn, and outlined."""
    async for name, page in pages.every():
        targets: list[list[Any]] = await page.evaluate(TARGETS)
        for target, *_ in targets:
            await page.keyboard.press("Tab")
            is_ours = target != "code"  # in the frame it is WeChat's page that shows it
            assert await page.evaluate(FOCUSED) == [target, is_ours], name


async def test_what_can_be_pressed_is_as_large_as_a_finger_needs(pages: Pages) -> None:
    """§2.5.8, in the language with the shortest words."""
    async for name, page in pages.every("zh-CN", viewport=NARROW):
        for target, width, height in await page.evaluate(TARGETS):
            assert width >= 24, (name, target)
            assert height >= 24, (name, target)


async def test_every_page_has_one_heading_of_the_first_rank_and_one_main_part(pages: Pages) -> None:
    """§1.3.1, §2.4.6, §4.1.2: and nothing stands outside of a landmark, or has no name."""
    async for name, page in pages.every():
        told = await page.evaluate(OUTLINE)
        assert told["headings"].count(1) == 1, name
        assert told["headings"] == sorted(told["headings"]), name
        assert told["mains"] == 1, name
        assert (told["outside"], told["unnamed"], told["textless"]) == ([], 0, 0), name


@pytest.mark.parametrize("language", LANGUAGES)
async def test_text_that_is_spaced_out_or_twice_as_large_still_has_room(
    pages: Pages, language: str
) -> None:
    """§1.4.4, §1.4.10, §1.4.12: twice as large on 640 pixels is what 320 are."""
    async for name, page in pages.every(language, viewport=NARROW, bypass_csp=True):
        await page.add_style_tag(content=SPACED)
        assert await page.evaluate(TOO_WIDE) == [], name
