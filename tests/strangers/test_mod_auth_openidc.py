"""Apache's mod_auth_openidc protects a page, and people sign in to it with WeChat."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.browsing import Browser, Page
from tests.strangers.apache import Apache, environment
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Site:
    a_world: World
    apache: Apache

    async def sign_in(self, browser: Browser) -> Page:
        """Ask for the protected page, and go where that leads."""
        page = await browser.open(self.apache.protected)
        wechat = await browser.click(page, "wechat-login")
        return await browser.click(wechat, "approve")


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, tls: Path) -> AsyncIterator[Site]:
    folder, apache = tmp_path_factory.mktemp("site"), Apache()
    plan = Plan(tls=tls, settings={"BRIDGE_FETCH_ALLOWED": "localhost"})
    async with (
        world(folder, Clock(), plan) as a_world,
        apache.serve(a_world.bridge_url, tls),
    ):
        await a_world.register(
            client_id=apache.client_id,
            redirect_uris=(apache.redirect_uri,),
            post_logout_redirect_uris=(apache.open,),
            backchannel_logout_uri=apache.backchannel_logout_uri,
        )
        yield Site(a_world, apache)


async def test_a_page_is_shown_to_whoever_signs_in(site: Site) -> None:
    """It asks with PKCE, ``state`` and ``nonce``, and tells the app who is there."""
    async with site.a_world.another_browser() as browser:
        redirection = await browser.http.get(site.apache.protected)
        asked = parse_qs(urlsplit(redirection.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert {"state", "nonce"} <= asked.keys()
        told = environment(await site.sign_in(browser))
    claims = await site.a_world.sign_in()
    assert told["REMOTE_USER"] == claims["sub"]
    assert told["OIDC_CLAIM_iss"] == site.a_world.bridge_url
    assert told["OIDC_CLAIM_name"] == claims["name"]
    assert told["OIDC_CLAIM_email"] == claims["email"]
    assert told["OIDC_access_token"]


async def test_who_has_signed_in_once_is_not_asked_again(site: Site) -> None:
    async with site.a_world.another_browser() as browser:
        await site.sign_in(browser)
        page = await browser.open(site.apache.protected)
        assert page.url == site.apache.protected
        assert page.has("environment")


async def test_to_whoever_cancels_the_page_stays_closed(site: Site) -> None:
    """RFC 9207 §2: errors carry ``iss``, too, and the module takes that for a request to begin.

    It shows a page of its own then, which knows nothing of ``access_denied``.
    """
    async with site.a_world.another_browser() as browser:
        page = await browser.open(site.apache.protected)
        told = await browser.click(page, "cancel")
        answer = urlsplit(told.url)
        assert told.url.startswith(site.apache.redirect_uri)
        assert parse_qs(answer.query)["error"] == ["access_denied"]
        assert "OIDCDefaultURL is not set" in told.response.text
        assert (await browser.open(site.apache.protected)).has("wechat-login")


async def test_who_signs_out_there_is_signed_out_here(site: Site) -> None:
    """RP-Initiated Logout 1.0: the module sends its ID Token along, so nobody is asked."""
    async with site.a_world.another_browser() as browser:
        await site.sign_in(browser)
        query = urlencode({"logout": site.apache.open})
        page = await browser.open(f"{site.apache.redirect_uri}?{query}")
        assert page.url == site.apache.open
        again = await browser.open(site.apache.protected)
        assert again.has("wechat-login")


async def test_who_signs_out_elsewhere_is_signed_out_there(site: Site) -> None:
    """OpenID Connect Back-Channel Logout 1.0: Apache is told, and believes it."""
    async with site.a_world.another_browser() as browser, site.a_world.another_browser() as other:
        await site.sign_in(browser)
        await site.sign_in(other)
        question = await browser.open(f"{site.a_world.bridge_url}/end_session")
        await browser.click(question, "confirm-logout")
        await site.a_world.provider.background.finish()
        assert (await browser.open(site.apache.protected)).has("wechat-login")
        assert (await other.open(site.apache.protected)).has("environment")
