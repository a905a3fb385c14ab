"""What one request may cost, and which cookies are ours."""

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest

from tests.telemetry.lines import written
from tests.world import World, parameters_of

FORM = "application/x-www-form-urlencoded"

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


async def test_more_than_a_hundred_headers_are_refused(a_world: World) -> None:
    """RFC 6585 §5."""
    url = f"{a_world.bridge_url}/jwks"
    ours = len((await a_world.browser.http.get(url)).request.headers)
    for number, status in ((100 - ours, 200), (101 - ours, 431)):
        more = {f"x-{position}": "" for position in range(number)}
        assert (await a_world.browser.http.get(url, headers=more)).status_code == status


async def test_an_address_beyond_32_kb_is_refused(a_world: World) -> None:
    """RFC 9110 §15.5.15."""
    await a_world.register()
    url = a_world.authorization_url(made_up="")
    path = url.removeprefix(a_world.bridge_url)
    for length, status in ((32_767, 200), (32_768, 414)):
        padded = url + "x" * (length - len(path) + 1)
        response = await a_world.browser.http.get(padded)
        assert response.status_code == status, response.text
        assert ("by POST, or pushed" in response.text) == (status == 414)


@pytest.mark.parametrize("length", [0, 1])
@pytest.mark.parametrize("path", ["/token", "/par", "/register", "/introspect"])
async def test_a_body_beyond_64_kb_is_refused_in_the_protocols_words(
    a_world: World, path: str, length: int
) -> None:
    """RFC 9110 §15.5.14; RFC 6749 §5.2."""
    body = b"a=" + b"x" * (65_534 + length)
    media_type = "application/json" if path == "/register" else FORM
    response = await a_world.browser.http.post(
        a_world.bridge_url + path, content=body, headers={"Content-Type": media_type}
    )
    if path == "/register":  # which is closed here, and reads nothing
        assert response.status_code == 403
        return
    assert (response.status_code == 413) == bool(length)
    if length:
        assert response.json() == {
            "error": "invalid_request",
            "error_description": "the body is larger than 64 KB",
        }


async def test_a_body_without_a_length_is_counted(a_world: World) -> None:
    async def pieces(number: int) -> AsyncGenerator[bytes]:
        for _ in range(number):
            yield b"a" * 1_024

    url = f"{a_world.bridge_url}/token"
    for number, status in ((64, 401), (65, 413)):
        response = await a_world.browser.http.post(
            url, content=pieces(number), headers={"Content-Type": FORM}
        )
        assert "content-length" not in response.request.headers
        assert response.status_code == status


async def test_a_body_that_would_be_too_large_need_not_come(a_world: World) -> None:
    url = urlsplit(a_world.bridge_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(
        b"POST /token HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_person_whose_form_is_too_large_sees_a_page(a_world: World) -> None:
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/authorize", content=b"x" * 65_537, headers={"Content-Type": FORM}
    )
    assert response.status_code == 413
    assert response.headers["content-type"].startswith("text/html")


async def test_a_request_object_of_16_kb_comes_by_post(a_world: World) -> None:
    """It is judged, and not refused for its size."""
    await a_world.register()
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/authorize", data={"client_id": "rp", "request": "x" * 16_384}
    )
    assert response.status_code == 400
    assert "too large" not in response.text
    assert "64 KB" not in response.text


async def test_who_goes_away_in_the_middle_of_a_body_is_no_fault_of_ours(
    a_world: World,
) -> None:
    url = urlsplit(a_world.bridge_url)
    with written() as lines:
        _, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(
            b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na"
        )
        writer.close()
        async with asyncio.timeout(10):
            while not lines.messages:  # noqa: ASYNC110 - a line has no event
                await asyncio.sleep(0.01)
    assert lines.messages[0] == "request.refused path=/token error=invalid_request"
