"""The journeys with oidc-client-ts, in a single-page app in Chromium that nobody here wrote.

It is a public client with PKCE on an origin of its own: what it is told it reads across origins.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.chromium import launched
from tests.serving import bound, port_of, served
from tests.strangers.missing import check_node_modules
from tests.strangers.single_page import SinglePage, single_page_app
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

SAME_SITE, ANOTHER_SITE = "same-site", "another-site"
HOSTS = {SAME_SITE: "localhost", ANOTHER_SITE: "127.0.0.1"}

ACCESS_TOKEN = "manager.getUser().then((user) => user.access_token)"
REFRESH_TOKEN = "manager.getUser().then((user) => user.refresh_token)"
RENEW = "manager.signinSilent().then((user) => user.profile, (refused) => refused.error)"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    check_node_modules()
    async with launched() as browser:
        yield browser


@dataclass(frozen=True)
class Sites:
    """A bridge, and for each of HOSTS where the app is; its name is its ``client_id``."""

    a_world: World
    urls: dict[str, str]


@pytest.fixture(scope="module")
async def sites(tmp_path_factory: pytest.TempPathFactory, tls: Path) -> AsyncIterator[Sites]:
    async with AsyncExitStack() as opened:
        folder = tmp_path_factory.mktemp("sites")
        a_world = await opened.enter_async_context(world(folder, Clock(), Plan(tls=tls)))
        urls: dict[str, str] = {}
        for client_id, host in HOSTS.items():
            listener = opened.enter_context(bound())
            url = f"https://{host}:{port_of(listener)}"
            app = single_page_app(a_world.bridge_url, client_id, url)
            serving = served((app, listener), ssl_certfile=tls / "server.pem")
            await opened.enter_async_context(serving)
            await a_world.register(
                client_id=client_id,
                client_secret_hash=None,
                scope=("openid", "profile", "email", "offline_access"),
                grant_types=("authorization_code", "refresh_token"),
                redirect_uris=(f"{url}/callback",),
                post_logout_redirect_uris=(f"{url}/signed-out",),
            )
            urls[client_id] = url
        yield Sites(a_world, urls)


@asynccontextmanager
async def opened_in(
    chromium: Browser, sites: Sites, client_id: str = SAME_SITE
) -> AsyncGenerator[SinglePage]:
    """A browser of its own, which takes the certificates of the tests."""
    context = await chromium.new_context(ignore_https_errors=True)
    try:
        yield SinglePage(await context.new_page(), sites.urls[client_id])
    finally:
        await context.close()


async def test_a_person_signs_in_and_the_app_reads_their_claims(
    chromium: Browser, sites: Sites
) -> None:
    """OpenID Connect Core 1.0 §3.1 and §5.3, across origins."""
    async with opened_in(chromium, sites) as app:
        claims = await app.sign_in()
        assert claims is not None
        assert claims["name"] == "张伟"


async def test_a_sign_in_is_renewed_in_a_hidden_frame(chromium: Browser, sites: Sites) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: ``prompt=none``, and no page of ours in the frame."""
    async with opened_in(chromium, sites) as app:
        claims = await app.sign_in()
        first = await app.page.evaluate(ACCESS_TOKEN)
        assert await app.page.evaluate(RENEW) == claims
        assert await app.page.evaluate(ACCESS_TOKEN) != first


async def test_a_frame_of_another_site_is_told_login_required(
    chromium: Browser, sites: Sites
) -> None:
    """Browsers send no cookie of ours from there; the app is told so at once."""
    async with opened_in(chromium, sites, ANOTHER_SITE) as app:
        assert await app.sign_in()
        assert await app.page.evaluate(RENEW) == "login_required"


async def test_a_sign_in_is_renewed_by_a_refresh_token(chromium: Browser, sites: Sites) -> None:
    """OpenID Connect Core 1.0 §12.2: ``sub`` and ``auth_time`` stay; also on another site."""
    async with opened_in(chromium, sites, ANOTHER_SITE) as app:
        claims = await app.sign_in(scope="openid profile email offline_access")
        for _ in range(2):
            former = await app.page.evaluate(REFRESH_TOKEN)
            assert (await app.page.evaluate(RENEW))["sub"] == (claims or {})["sub"]
            assert await app.page.evaluate(REFRESH_TOKEN) not in (None, former)


async def test_tokens_are_revoked_by_the_app(chromium: Browser, sites: Sites) -> None:
    """RFC 7009, across origins."""
    async with opened_in(chromium, sites) as app:
        assert await app.sign_in()
        token = await app.page.evaluate(ACCESS_TOKEN)
        assert (await sites.a_world.userinfo(token)).status_code == 200
        await app.page.evaluate("manager.revokeTokens()")
        assert (await sites.a_world.userinfo(token)).status_code == 401


async def test_a_person_signs_out_of_both(chromium: Browser, sites: Sites) -> None:
    """RP-Initiated Logout 1.0 §2, §3."""
    async with opened_in(chromium, sites) as app:
        assert await app.sign_in()
        await app.page.evaluate("void manager.signoutRedirect({ state: 1 })")
        await app.page.wait_for_url(f"{app.url}/signed-out?**")
        assert await app.claims() is None
        assert await app.page.evaluate(RENEW) == "login_required"
