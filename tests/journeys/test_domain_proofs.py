"""The files that WeChat fetches to see that a domain is the operator's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

SETTINGS = {"BRIDGE_MP_VERIFY": "MLvDTY0UZCw4LduU,EfpnvJ3nAa2HHE0x=something.else"}


@pytest.fixture
async def proving(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=SETTINGS)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "content"),
    [("MLvDTY0UZCw4LduU", "MLvDTY0UZCw4LduU"), ("EfpnvJ3nAa2HHE0x", "something.else")],
)
async def test_the_file_holds_what_wechats_file_holds(
    proving: World, name: str, content: str
) -> None:
    """As a rule the middle of its own name, and no end of a line."""
    url = f"{proving.bridge_url}/MP_verify_{name}.txt"
    http = proving.browser.http
    answer = await http.get(url)
    assert (answer.status_code, answer.text) == (200, content)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    head = await http.head(url)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["content-length"] == str(len(content))


@pytest.mark.parametrize(
    "path",
    [
        "/MP_verify_AAAAAAAAAAAAAAAA.txt",
        "/MP_verify_mlvdty0uzcw4lduu.txt",
        "/MP_verify_.txt",
        "/MP_verify_MLvDTY0UZCw4LduU",
        "/MP_verify_MLvDTY0UZCw4LduU.txt/",
        "/MP_verify_EfpnvJ3nAa2HHE0x=something.else.txt",
        "/MP_verify_%2e%2e%2fetc%2fpasswd.txt",
    ],
)
async def test_there_is_no_other_file(proving: World, path: str) -> None:
    answer = await proving.browser.http.get(f"{proving.bridge_url}{path}")
    assert answer.status_code == 404
    assert "MLvDTY0UZCw4LduU" not in answer.text


async def test_nothing_can_be_written_there(proving: World) -> None:
    url = f"{proving.bridge_url}/MP_verify_MLvDTY0UZCw4LduU.txt"
    for method in ("POST", "PUT", "DELETE"):
        answer = await proving.browser.http.request(method, url, content=b"mine")
        assert answer.status_code == 405
