"""What a program can find of WCAG 2.2 AA, found by one that nobody here wrote: axe-core."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.async_api import Browser, ViewportSize

from bridge.pages import LANGUAGES
from tests.chromium import launched
from tests.pages.every_page import PAGES, site
from tests.serving import bound, port_of, served
from tests.strangers.missing import NODE_MODULES, without

pytestmark = pytest.mark.anyio

# The ones with the most on them
SOME = ("sign_in-phone", "consent", "problem-snapshot")

AXE = NODE_MODULES / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
FIND = """
async rules => (await axe.run({runOnly: {type: 'tag', values: rules}})).violations.map(
    found => found.id + ': ' + found.nodes.map(node => node.html.slice(0, 100)).join(' | '))
"""
NARROW = ViewportSize(width=320, height=600)

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Looker:
    chromium: Browser
    url: str

    async def violations(self, language: str, name: str, scheme: Scheme = "light") -> list[str]:
        page = await self.chromium.new_page(viewport=NARROW, color_scheme=scheme)
        # What goes on by itself is looked at where it does not.
        await page.route("**/*.js", lambda route: route.abort())
        await page.goto(f"{self.url}/{language}/{name}")
        await page.evaluate(AXE.read_text())
        found: list[str] = await page.evaluate(FIND, list(RULES))
        await page.close()
        return found


@pytest.fixture(scope="module")
async def looker() -> AsyncIterator[Looker]:
    if not AXE.exists():
        without("the packages of tests/strangers/package.json are not installed")
    with bound() as listener:
        async with served((site(), listener)), launched() as chromium:
            yield Looker(chromium, f"http://127.0.0.1:{port_of(listener)}")


@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing_on_any_page(looker: Looker, name: str) -> None:
    assert await looker.violations("en", name) == []


@pytest.mark.parametrize("name", SOME)
async def test_axe_finds_nothing_in_the_dark(looker: Looker, name: str) -> None:
    assert await looker.violations("en", name, "dark") == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_in_any_language(looker: Looker, language: str) -> None:
    for name in SOME:
        assert await looker.violations(language, name) == [], name


async def test_axe_finds_what_is_there_to_be_found(looker: Looker) -> None:
    page = await looker.chromium.new_page()
    await page.set_content('<main><h1>a</h1><img src="about:blank"></main>')
    await page.evaluate(AXE.read_text())
    assert any("image-alt" in found for found in await page.evaluate(FIND, list(RULES)))
    await page.close()
