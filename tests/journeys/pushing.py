"""What a relying party does that pushes its requests, for the test's client ``rp``."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.browsing import Browser, Page
from tests.world import CLIENT_SECRET, PERSON, World

URN = "urn:ietf:params:oauth:request_uri:"


def asked(a_world: World, **changed: str | None) -> dict[str, str]:
    """The parameters of a request, as ``World.authorization_url`` has them."""
    return dict(parse_qsl(urlsplit(a_world.authorization_url(**changed)).query))


async def push(a_world: World, **changed: str | None) -> httpx.Response:
    return await push_form(a_world, asked(a_world, **changed), ("rp", CLIENT_SECRET))


async def push_form(
    a_world: World, form: dict[str, str], auth: tuple[str, str] | None
) -> httpx.Response:
    """Push as whoever ``auth`` is; None: as whom ``client_id`` names."""
    who = httpx.BasicAuth(*auth) if auth else httpx.USE_CLIENT_DEFAULT
    return await a_world.browser.http.post(f"{a_world.bridge_url}/par", data=form, auth=who)


async def pushed(a_world: World, **changed: str | None) -> str:
    """Push, and return the ``request_uri``."""
    response = await push(a_world, **changed)
    assert response.status_code == 201, response.text
    request_uri: str = response.json()["request_uri"]
    return request_uri


def url_of(a_world: World, request_uri: str, client_id: str = "rp", **more: str) -> str:
    """The address that the relying party then sends the browser to."""
    query = {"client_id": client_id, "request_uri": request_uri, **more}
    return f"{a_world.bridge_url}/authorize?{urlencode(query)}"


async def approve(browser: Browser, page: Page, person: str = PERSON) -> str:
    """Go to WeChat from the sign-in page; return where WeChat sends the browser."""
    wechat = await browser.click(page, "wechat-login")
    approved = await browser.send(wechat, "approve", follow_redirects=False, person=person)
    return approved.headers["location"]


async def answered(a_world: World, url: str, browser: Browser | None = None) -> httpx.Response:
    """Sign in from this address; return the bridge's own answer to the callback."""
    browser = browser or a_world.browser
    return await browser.http.get(await approve(browser, await browser.open(url)))


def error_on(page: Page) -> tuple[int, str]:
    return page.response.status_code, page.text("error")


def json_error(response: httpx.Response) -> tuple[int, Any]:
    assert response.headers["content-type"] == "application/json"
    return response.status_code, response.json()["error"]
