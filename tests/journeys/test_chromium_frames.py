"""How a frame of another site leads the window back to us, which nobody has touched.

WeChat's page is played by one that does nothing but go on, by itself, in the one way or the other.
It is on ``127.0.0.1``, which to a browser is another site than ``localhost``, where we are. See
docs/decisions/0020-the-window-goes-on-from-wechats-frame.md.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Request
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.chromium import launched
from tests.serving import bound, port_of, served
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

# What WeChat's page does, once the phone has confirmed, to what leads back
WINDOW = "<script>top.location.href = '{}'</script>"
ITSELF = '<meta http-equiv="refresh" content="0;url={}">'


@dataclass
class StandIn:
    """A page in WeChat's place, which has a code from the simulated WeChat."""

    goes_on: str = WINDOW
    # Where to instead of to the callback
    elsewhere: str | None = None
    wechat_url: str = ""
    asked: list[str] = field(default_factory=list[str])

    async def page(self, request: Asked) -> Response:
        self.asked.append(request.headers.get("sec-fetch-dest", ""))
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(
                f"{self.wechat_url}/connect/qrconnect?{request.url.query}",
                data={"answer": "approve", "person": "zhang-wei"},
            )
        onward = self.elsewhere or answer.headers["location"]
        onward = onward if self.goes_on is WINDOW else escape(onward)
        return HTMLResponse("<p>QR</p>" + self.goes_on.format(onward))


@dataclass(frozen=True)
class Place:
    a_world: World
    stand_in: StandIn


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    stand_in = StandIn()
    app = Starlette(routes=[Route("/connect/qrconnect", stand_in.page)])
    with bound() as listener:
        host = {"BRIDGE_AUTHORIZE_HOST": f"http://127.0.0.1:{port_of(listener)}"}
        async with (
            served((app, listener)),
            world(tmp_path, Clock(), Plan(settings=host)) as a_world,
        ):
            stand_in.wechat_url = a_world.wechat_url
            yield Place(a_world, stand_in)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    context = await chromium.new_context()
    yield context
    await context.close()


async def test_the_window_is_led_to_our_callback_and_signs_in(
    place: Place, context: BrowserContext
) -> None:
    page = await context.new_page()
    await page.goto(place.a_world.relying_party_url)
    await page.click("#sign-in")
    await page.wait_for_selector("#claims")
    assert place.stand_in.asked == ["iframe"]


@pytest.mark.every_variant
async def test_a_frame_that_leads_itself_is_left_and_signs_in(
    place: Place, context: BrowserContext
) -> None:
    """Its own request has no cookie of ours; the window's has."""
    place.stand_in.goes_on = ITSELF
    page = await context.new_page()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - it wants no builtin
    await page.goto(place.a_world.relying_party_url)
    await page.click("#sign-in")
    await page.wait_for_selector("#claims")
    callbacks = [
        await request.all_headers() for request in sent if "/callback/wechat" in request.url
    ]
    told = [(headers["sec-fetch-dest"], "cookie" in headers) for headers in callbacks]
    assert told == [("iframe", False), ("document", True)]


@pytest.mark.every_variant
async def test_without_scripts_the_frame_is_left_by_a_link(place: Place, chromium: Browser) -> None:
    place.stand_in.goes_on = ITSELF
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(place.a_world.relying_party_url)
    await page.click("#sign-in")
    await page.frame_locator("#code").locator("#continue").click()
    await page.wait_for_selector("#claims")
    await context.close()


@pytest.mark.every_variant
async def test_the_frame_leads_the_window_nowhere_else(
    place: Place, context: BrowserContext
) -> None:
    """Chromium's own rule, without which the frame would need a sandbox."""
    place.stand_in.elsewhere = "http://127.0.0.1:9/"
    page = await context.new_page()
    async with page.expect_console_message(lambda told: "Unsafe attempt" in told.text):
        await page.goto(place.a_world.relying_party_url)
        await page.click("#sign-in")
    assert page.url.startswith(place.a_world.bridge_url)
    assert await page.is_visible("#wechat-login")
