"""The simulated pages in a real browser: Chromium, driven by Playwright."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.async_api import Browser, Page

from tests.chromium import launched
from tests.wechat.in_wechat import ANDROID
from tests.wechat.simulated_wechat import APPID
from tests.wechat.website import Website, served_website

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]

FRAME = '<iframe width="{}" height="{}" src="{}" scrolling="no"></iframe>'
BY_SCRIPT = """\
<div id="here"></div>
<script src="{origin}/connect/zh_CN/htmledition/js/wxLogin.js"></script>
<script>new WxLogin({{
  id: "here", appid: "{appid}", scope: "snsapi_login", state: "Az09",
  redirect_uri: "{redirect_uri}", {options}
  onReady: (isReady) => document.body.dataset.ready = isReady,
}})</script>
"""


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def website() -> AsyncIterator[Website]:
    async with served_website() as website:
        yield website


async def _framed(chromium: Browser, website: Website) -> Page:
    page = await chromium.new_page()
    await page.goto(f"{website.origin}/")
    return page


@pytest.mark.parametrize("self_redirect", ["default", "false", "true"])
async def test_a_frame_hands_over_to_its_window_or_goes_on_by_itself(
    website: Website, chromium: Browser, self_redirect: str
) -> None:
    url = website.qrconnect(login_type="jssdk", self_redirect=self_redirect)
    website.html = FRAME.format(300, 400, url.replace("&", "&amp;"))
    page = await _framed(chromium, website)
    frame = page.frame_locator("iframe")
    await frame.locator("#approve").click()
    if self_redirect == "true":
        await page.frames[1].wait_for_url("**/callback?**")
        assert page.url == f"{website.origin}/"
    else:
        await page.wait_for_url("**/callback?**")
    assert len(website.seen) == 1
    await page.context.close()


async def test_a_refusal_stays_in_the_frame(website: Website, chromium: Browser) -> None:
    url = website.qrconnect(login_type="jssdk")
    website.html = FRAME.format(300, 400, url.replace("&", "&amp;"))
    page = await _framed(chromium, website)
    frame = page.frame_locator("iframe")
    await frame.locator("#deny").click()
    await frame.locator("#refresh").click()
    await frame.locator("#approve").wait_for()
    assert page.url == f"{website.origin}/"
    assert website.seen == []
    await page.context.close()


@pytest.mark.parametrize(("stylelite", "width", "height"), [("", 300, 400), ("1", 220, 220)])
@pytest.mark.parametrize("lang", ["cn", "en"])
@pytest.mark.parametrize("fast_login", [True, False])
async def test_the_page_fits_into_the_frame_that_websites_give_it(  # noqa: PLR0913, PLR0917
    website: Website,
    chromium: Browser,
    stylelite: str,
    width: int,
    height: int,
    lang: str,
    fast_login: bool,  # noqa: FBT001 - which page is shown
) -> None:
    website.wechat.simulator.behaviour.change(fast_login=fast_login)
    page = await chromium.new_page(viewport={"width": width, "height": height})
    await page.goto(website.qrconnect(login_type="jssdk", stylelite=stylelite, lang=lang))
    assert await _fits(page, width, height)
    await page.context.close()


async def test_a_stylesheet_of_the_website_reaches_the_classes_that_it_knows(
    website: Website, chromium: Browser
) -> None:
    sheet = "data:text/css," + quote(".impowerBox .title{display:none}")
    page = await chromium.new_page()
    await page.goto(website.qrconnect(login_type="jssdk", href=sheet))
    assert not await page.is_visible(".title")
    assert await page.is_visible(".qrcode")
    await page.context.close()


@pytest.mark.parametrize(
    ("redirect_uri", "options", "asked"),
    [
        (
            quote("https://id.example.com/?a=1&b=2", safe=""),
            'self_redirect: true, style: "white", lang: "en", stylelite: 1, fast_login: 0,',
            {
                "redirect_uri": ["https://id.example.com/?a=1&b=2"],
                "state": ["Az09"],
                "self_redirect": ["true"],
                "style": ["white"],
                "lang": ["en"],
                "stylelite": ["1"],
                "fast_login": ["0"],
            },
        ),
        # What is not escaped is cut off where the next parameter seems to begin.
        (
            "https://id.example.com/?a=1&state=mine",
            "",
            {
                "redirect_uri": ["https://id.example.com/?a=1"],
                "state": ["mine", "Az09"],
                "self_redirect": ["default"],
            },
        ),
    ],
)
async def test_the_script_makes_the_frame_and_escapes_nothing(
    website: Website,
    chromium: Browser,
    redirect_uri: str,
    options: str,
    asked: dict[str, list[str]],
) -> None:
    website.html = BY_SCRIPT.format(
        origin=website.wechat.origin, appid=APPID, redirect_uri=redirect_uri, options=options
    )
    page = await _framed(chromium, website)
    frame = page.frame_locator("#here iframe")
    await frame.locator("#approve").wait_for()
    await page.wait_for_selector("body[data-ready=true]")
    told = parse_qs(urlsplit(page.frames[1].url).query)
    assert told["login_type"] == ["jssdk"]
    assert "response_type" not in told
    assert {name: told.get(name) for name in asked} == asked
    await page.context.close()


async def test_the_browser_of_wechat_goes_to_the_callback_twice(
    website: Website, chromium: Browser
) -> None:
    website.wechat.simulator.behaviour.change(redirects_twice=True)
    page = await chromium.new_page(user_agent=ANDROID)
    await page.goto(website.authorize("snsapi_base"))
    await page.wait_for_url("**/callback?**")
    assert len(website.seen) == len(set(website.seen)) == 2
    assert parse_qs(urlsplit(page.url).query)["code"] == website.seen[1:]
    await page.context.close()


async def test_without_javascript_it_goes_there_once(website: Website, chromium: Browser) -> None:
    website.wechat.simulator.behaviour.change(redirects_twice=True)
    page = await chromium.new_page(user_agent=ANDROID, java_script_enabled=False)
    await page.goto(website.authorize("snsapi_base"))
    await page.wait_for_url("**/callback?**")
    assert len(website.seen) == 1
    await page.context.close()


async def test_no_page_within_wechat_needs_javascript_or_a_wide_screen(
    website: Website, chromium: Browser
) -> None:
    page = await chromium.new_page(
        user_agent=ANDROID, java_script_enabled=False, viewport={"width": 320, "height": 600}
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(website.authorize(forceSnapShot="true"))
    for button in ("#full-service", "#deny"):
        assert await _fits(page, 320, 10_000)
        await page.click(button)
    assert await _fits(page, 320, 10_000)
    await page.goto(website.authorize(forceSnapShot="true"))
    await page.click("#snapshot")
    await page.wait_for_url("**/callback?**")
    assert [text for text in complaints if "Content Security Policy" in text] == []
    await page.context.close()


async def _fits(page: Page, width: int, height: int) -> bool:
    root = "document.documentElement"
    fits: bool = await page.evaluate(
        f"{root}.scrollWidth <= {width} && {root}.scrollHeight <= {height}"
    )
    return fits
