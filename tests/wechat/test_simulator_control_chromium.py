"""The control page in a real browser, and the page of an attacker beside it."""

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.chromium import launched
from tests.wechat.simulated_wechat import ServedWeChat, served_alone

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]

USERINFO = "/sns/userinfo"

ATTACK = """<!doctype html><title>Prizes</title>
<form method="post" action="{origin}/control">
<input name="form" value="latency"><input name="call" value="all"><input name="seconds" value="9">
<button>Win</button></form>
<form method="post" action="{origin}/control/login_codes" enctype="text/plain">
<input name='{{"appid":"' value='","person":""}}'><button id="text">Win</button></form>
<script>
for (const type of ["application/json", "text/plain"])
  for (const method of ["PUT", "POST", "DELETE"])
    fetch("{origin}/control/answers/all", {{
      method, headers: {{"Content-Type": type}}, body: '{{"latency": 9}}'
    }}).catch(() => 0).finally(() => document.title += ".");
</script>"""


def is_slow(wechat: ServedWeChat) -> bool:
    return wechat.simulator.faults.latency(USERINFO, None) > 0


async def no_wider_than(browser: Browser, url: str, language: str) -> int:
    context = await browser.new_context(
        viewport={"width": 320, "height": 640}, locale=language, java_script_enabled=True
    )
    page = await context.new_page()
    await page.goto(f"{url}/control")
    width: int = await page.evaluate("document.documentElement.scrollWidth")
    await context.close()
    return width


async def test_the_page_is_used_without_scripts_and_fits_a_small_screen(
    wechat: ServedWeChat,
) -> None:
    async with launched() as browser:
        for language in ("zh-CN", "en-US"):
            assert await no_wider_than(browser, wechat.origin, language) == 320
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{wechat.origin}/control")
        await page.select_option("#latency-call", "all")
        await page.fill("#latency-seconds", "2.5")
        await page.click("#do-latency")
        assert await page.locator("#done").count() == 1
        assert is_slow(wechat)
        await page.click("#do-restore")
        assert await page.locator("#done").count() == 1
        assert not is_slow(wechat)


async def test_the_page_of_another_origin_changes_nothing(wechat: ServedWeChat) -> None:
    async def attack(_request: Request) -> Response:
        return HTMLResponse(ATTACK.format(origin=wechat.origin))

    attacker = Starlette(routes=[Route("/", attack)])
    async with served_alone(attacker) as origin, launched() as browser:
        page = await browser.new_page()
        await page.goto(origin)
        await page.wait_for_function("document.title.endsWith('......')")
        assert not is_slow(wechat)
        await page.click("button >> nth=0")
        assert await page.locator("#problem").count() == 1
        assert not is_slow(wechat)
        await page.goto(origin)
        await page.click("#text")
        assert "another origin" in await page.inner_text("body")
