"""What one request may cost, and which cookies are ours."""

import asyncio

import pytest

from tests.world import World, parameters_of

pytestmark = pytest.mark.anyio


async def test_a_quoted_cookie_full_of_backslashes_costs_nothing(a_world: World) -> None:
    """CVE-2024-7592: Python before 3.11.10 needs seconds for 60 KB of them."""
    url = f"{a_world.bridge_url}/jwks"
    cookie = 'a="' + '\\"' * 30_000 + '"'
    async with asyncio.timeout(1):
        response = await a_world.browser.http.get(url, headers={"Cookie": cookie})
    assert response.status_code == 200


async def test_headers_beyond_64_kb_are_refused(a_world: World) -> None:
    """RFC 6585 §5."""
    url = f"{a_world.bridge_url}/jwks"
    response = await a_world.browser.http.get(url, headers={"Accept-Language": "a," * 40_000})
    assert response.status_code == 431


@pytest.mark.parametrize("blank", [b"\xa0", b"\x85", b"\x1f"])
async def test_a_cookie_whose_name_only_looks_like_ours_is_not_ours(
    a_world: World, blank: bytes
) -> None:
    """A browser guards the prefix __Host- only where the name begins with it."""
    await a_world.register()
    url = await a_world.callback_url()
    (cookie,) = a_world.browser.http.cookies.jar
    sent = f"{cookie.name}={cookie.value}".encode()
    async with a_world.another_browser() as stranger:
        tossed = await stranger.http.get(url, headers={b"Cookie": blank + sent})
        assert tossed.status_code == 400
        own = await stranger.http.get(url, headers={b"Cookie": b"other=x; " + sent})
        assert parameters_of(own)["code"]
