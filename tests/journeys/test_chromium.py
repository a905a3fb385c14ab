"""The same journey in a real browser: Chromium, driven by Playwright."""

import json
from collections.abc import AsyncIterator
from html import escape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.chromium import launched
from tests.serving import bound, port_of, served
from tests.world import World

pytestmark = pytest.mark.anyio

DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
NARROW = ViewportSize(width=320, height=600)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


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


@pytest.mark.every_variant
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_form_post_goes_on_to_another_origin_in_chromium(
    a_world: World,
    chromium: Browser,
    scripts: bool,  # noqa: FBT001 - whether the browser runs any
) -> None:
    """Brokers answer the POST with a redirection of their own; no policy of ours forbids it.

    Nor on the way there: the page before is one whose form was posted.
    """
    with bound() as broker, bound() as app:
        redirect_uri = f"http://127.0.0.1:{port_of(broker)}/callback"
        onward = f"http://localhost:{port_of(app)}/welcome"
        await a_world.register(redirect_uris=(redirect_uri,), consent="always")
        async with served((_broker(onward), broker), (_welcome, app)):
            context = await chromium.new_context(java_script_enabled=scripts, viewport=NARROW)
            page = await context.new_page()
            await page.goto(
                a_world.authorization_url(redirect_uri=redirect_uri, response_mode="form_post")
            )
            await page.click("#wechat-login")
            await page.select_option("#person", "zhang-wei")
            await page.click("#approve")
            assert "张伟" in await page.inner_text("main")
            assert await _fits(page)
            await page.click("#allow")
            if not scripts:
                await page.click("#continue")
            await page.wait_for_url(f"{onward}?**")
            told = parse_qs(urlsplit(page.url).query)
            assert told["state"] == ["the state"]
            assert told["code"]
            assert told["content_type"] == ["application/x-www-form-urlencoded"]
            await context.close()


@pytest.mark.every_variant
async def test_a_request_posted_from_another_site_finds_the_session_in_chromium(
    a_world: World, chromium: Browser
) -> None:
    """SameSite=Lax keeps the cookie from the POST, and not from the GET that follows it."""
    with bound() as other_site, bound() as app:
        redirect_uri = f"http://127.0.0.1:{port_of(app)}/callback"
        await a_world.register(redirect_uris=(redirect_uri,))
        url, _, query = a_world.authorization_url(
            redirect_uri=redirect_uri, prompt="none"
        ).partition("?")
        form = _posting(url, dict(parse_qsl(query)))
        async with served((form, other_site), (_welcome, app)):
            context = await chromium.new_context()
            page = await context.new_page()
            await page.goto(a_world.relying_party_url)
            await page.click("#sign-in")
            await page.click("#wechat-login")
            await page.click("#approve")
            await page.wait_for_selector("#claims")
            await page.goto(f"http://127.0.0.1:{port_of(other_site)}/")
            await page.click("button")
            await page.wait_for_url(f"{redirect_uri}?**")
            assert "code" in parse_qs(urlsplit(page.url).query)
            await context.close()


async def test_a_person_signs_out_of_the_bridge_in_chromium(
    a_world: World, chromium: Browser
) -> None:
    context = await chromium.new_context(viewport=PHONE)
    page = await context.new_page()
    await page.goto(a_world.relying_party_url)
    await page.click("#sign-in")
    await page.click("#wechat-login")
    await page.click("#approve")
    await page.wait_for_selector("#claims")
    await page.goto(f"{a_world.bridge_url}/end_session")
    assert await _fits(page)
    await page.click("#confirm-logout")
    assert await _fits(page)
    await page.goto(f"{a_world.bridge_url}/end_session")
    assert await page.locator("#confirm-logout").count() == 0
    await context.close()


@pytest.mark.every_variant
@pytest.mark.parametrize("scripts", [True, False])
async def test_other_apps_are_told_in_frames_before_the_person_goes_on_in_chromium(
    a_world: World,
    chromium: Browser,
    scripts: bool,  # noqa: FBT001 - whether the browser runs any
) -> None:
    """OpenID Connect Front-Channel Logout 1.0 §3: what is not seen is loaded all the same."""
    told: list[dict[str, str]] = []

    async def out(request: Request) -> Response:
        told.append(dict(request.query_params))
        return HTMLResponse("<script>top.location = 'https://evil.example/'</script>")

    with bound() as listener:
        origin = f"http://127.0.0.1:{port_of(listener)}"
        await a_world.register(
            redirect_uris=(f"{origin}/callback",),
            post_logout_redirect_uris=(f"{origin}/back",),
            frontchannel_logout_uri=f"{origin}/out",
        )
        app = Starlette(routes=[Route("/out", out), Mount("/", app=_welcome)])
        async with served((app, listener)):
            context = await chromium.new_context(java_script_enabled=scripts)
            page = await context.new_page()
            await page.goto(a_world.authorization_url(redirect_uri=f"{origin}/callback"))
            await page.click("#wechat-login")
            await page.click("#approve")
            await page.wait_for_url(f"{origin}/callback?**")
            query = urlencode(
                {"client_id": "rp", "post_logout_redirect_uri": f"{origin}/back", "state": "s"}
            )
            await page.goto(f"{a_world.bridge_url}/end_session?{query}")
            await page.click("#confirm-logout")
            await page.wait_for_url(f"{origin}/back?state=s")
            await context.close()
    (once,) = told
    assert once.keys() == {"iss", "sid"}
    assert once["iss"] == a_world.bridge_url


def _broker(onward: str) -> ASGIApp:
    """A relying party that answers the posted answer with a redirection elsewhere."""

    async def callback(request: Request) -> Response:
        told = dict(parse_qsl((await request.body()).decode()))
        told["content_type"] = request.headers["content-type"]
        return RedirectResponse(f"{onward}?{urlencode(told)}", 303)

    return Starlette(routes=[Route("/callback", callback, methods=["POST"])])


def _posting(url: str, fields: dict[str, str]) -> ASGIApp:
    """A page of another site whose form posts an authorization request."""

    async def page(_request: Request) -> Response:
        inputs = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in fields.items()
        )
        form = f'<form method="post" action="{escape(url)}">{inputs}<button>Go</button></form>'
        return HTMLResponse(form)

    return Starlette(routes=[Route("/", page)])


async def _welcome(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("welcome")(scope, receive, send)


async def _fits(page: Page) -> bool:
    """Nothing makes the page wider than the screen."""
    box = await page.locator("html").bounding_box()
    size = page.viewport_size
    assert box
    assert size
    return box["width"] <= size["width"]
