"""Whose address a request has, as the manual says under ``trusted_proxies``."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from bridge.endpoints.forwarded import MOST_PROXIES, MOST_TOLD, Forwarded, read_entry
from tests.serving import bound, port_of, served
from tests.telemetry.lines import written
from tests.world import no_trust

pytestmark = pytest.mark.anyio

PROXIES = tuple(map(ip_network, ("127.0.0.1", "10.1.0.0/16", "2001:db8:1::/48", "fe80::/10")))
PROXY = "10.1.0.1"


class Asked:
    """An application that keeps the address of who asked it."""

    def __init__(self) -> None:
        self.client: tuple[str, int] | None = None
        self.app = Forwarded(self._app, PROXIES)

    async def _app(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.client = scope["client"]

    def by(self, client: tuple[str, int] | None, *headers: bytes) -> tuple[str, int] | None:
        named = [(b"x-forwarded-for", header) for header in headers]
        scope = {"type": "http", "client": client, "headers": [(b"host", b"10.9.9.9"), *named]}

        async def ask() -> None:
            await self.app(scope, _nothing_comes, _nothing_goes)

        anyio.run(ask)
        return self.client

    def host(self, peer: str, *headers: bytes) -> str | None:
        client = self.by((peer, 4711), *headers)
        return client and client[0]


async def _nothing_comes() -> Message:
    raise AssertionError


async def _nothing_goes(_message: Message) -> None:
    raise AssertionError


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.2.0.1", "::1", "2001:db8:2::1", "localhost"])
def test_who_is_not_named_is_not_believed(peer: str) -> None:
    assert Asked().by((peer, 4711), b"198.51.100.7") == (peer, 4711)


def test_a_proxy_that_is_named_is_believed() -> None:
    assert Asked().by((PROXY, 4711), b"198.51.100.7") == ("198.51.100.7", 0)


def test_a_proxy_that_says_nothing_asks_for_itself() -> None:
    assert Asked().by((PROXY, 4711)) == (PROXY, 4711)


def test_who_has_no_address_is_not_believed() -> None:
    """A Unix socket, or somebody who has gone before anybody looked."""
    assert Asked().by(None, b"198.51.100.7") is None


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        # Only the right end is the proxy's; the rest is what a stranger sent along.
        ([b"203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ([b"10.1.0.2, 198.51.100.7"], "198.51.100.7"),
        ([b"203.0.113.9, 198.51.100.7, 10.1.0.3, 127.0.0.1"], "198.51.100.7"),
        ([b"198.51.100.7,10.1.0.3"], "198.51.100.7"),
        ([b" \t198.51.100.7 \t,\t10.1.0.3 "], "198.51.100.7"),
        # Two headers are one list, in their order.
        ([b"203.0.113.9", b"198.51.100.7"], "198.51.100.7"),
        ([b"198.51.100.7", b"10.1.0.3"], "198.51.100.7"),
        # Everybody on the way is a proxy: it is the first of them who asks.
        ([b"10.1.0.2, 10.1.0.3"], "10.1.0.2"),
        # What cannot be read ends it.
        ([b""], PROXY),
        ([b"", b""], PROXY),
        ([b"unknown"], PROXY),
        ([b"_hidden"], PROXY),
        ([b"unix:"], PROXY),
        ([b"<script>"], PROXY),
        ([b"\xff\xfe"], PROXY),
        ([b"198.51.100.7, "], PROXY),
        ([b"198.51.100.7, x"], PROXY),
        ([b"198.51.100.7, x, 10.1.0.3"], "10.1.0.3"),
        ([b"198.51.100.7, , 10.1.0.3"], "10.1.0.3"),
        ([b", 198.51.100.7"], "198.51.100.7"),
        ([b"198.51.100.7 10.1.0.3"], PROXY),
        ([b"127.1"], PROXY),
        ([b"0x7f000001"], PROXY),
        ([b"010.1.0.3"], PROXY),
        # Ports are nobody's address.
        ([b"198.51.100.7:443"], "198.51.100.7"),
        ([b"[2001:db8:2::7]:443"], "2001:db8:2::7"),
        ([b"[2001:db8:2::7]"], "2001:db8:2::7"),
        ([b"198.51.100.7, 10.1.0.3:443, [2001:db8:1::1]:80"], "198.51.100.7"),
        ([b"198.51.100.7:x"], PROXY),
        ([b"[2001:db8:2::7]:x"], PROXY),
        ([b"[2001:db8:2::7]443"], PROXY),
        ([b"[2001:db8:2::7"], PROXY),
        ([b"[]"], PROXY),
        # One spelling of each address
        ([b"2001:DB8:2:0:0::7"], "2001:db8:2::7"),
        ([b"::ffff:198.51.100.7"], "198.51.100.7"),
        ([b"198.51.100.7, ::ffff:10.1.0.3"], "198.51.100.7"),
        ([b"fe80::1%eth0"], "fe80::1"),
        ([b"2001:db8:2::7%<evil>"], "2001:db8:2::7"),
        ([b"198.51.100.7, fe80::1%eth0"], "198.51.100.7"),
        ([b"1" * 60_000], PROXY),
        ([b"::%" + b"x" * 60_000], PROXY),
    ],
)
def test_the_header_is_read_from_the_right_as_far_as_it_is_believed(
    headers: list[bytes], named: str
) -> None:
    assert Asked().host(PROXY, *headers) == named


def test_of_ten_thousand_entries_few_are_looked_at() -> None:
    assert Asked().host(PROXY, b",".join([b"192.0.2.1"] * 10_000)) == "192.0.2.1"
    row = [f"10.1.{number >> 8}.{number & 255}".encode() for number in range(10_000)]
    assert Asked().host(PROXY, b",".join(row)) == row[-MOST_PROXIES].decode()
    assert Asked().host(PROXY, *row) == row[-MOST_PROXIES].decode()


@pytest.mark.parametrize("peer", ["::ffff:10.1.0.1", "::ffff:192.0.2.1"])
def test_ipv4_within_ipv6_is_ipv4(peer: str) -> None:
    asked = Asked().by((peer, 4711))
    assert asked == (peer.removeprefix("::ffff:"), 4711)


def test_a_proxy_that_is_seen_as_ipv4_within_ipv6_is_believed() -> None:
    assert Asked().host("::ffff:10.1.0.1", b"198.51.100.7") == "198.51.100.7"


@given(st.binary(max_size=200))
def test_an_address_is_read_or_not_and_nothing_else_happens(entry: bytes) -> None:
    address = read_entry(entry)
    assert address is None or read_entry(str(address).encode()) == address


def test_other_headers_that_name_somebody_are_not_read() -> None:
    asked = Asked()
    names = (b"forwarded", b"x-real-ip", b"x-client-ip", b"x-forwarded", b"true-client-ip")
    headers = [(name, b"for=198.51.100.7") for name in names]
    scope = {"type": "http", "client": (PROXY, 4711), "headers": headers}
    anyio.run(asked.app, scope, _nothing_comes, _nothing_goes)
    assert asked.client == (PROXY, 4711)


def test_the_log_names_a_proxy_that_nobody_has_named_once() -> None:
    asked = Asked()
    with written() as lines:
        for _ in range(3):
            asked.host("10.2.0.1", b"198.51.100.7")
        asked.host("10.2.0.1")
        asked.host(PROXY, b"198.51.100.7")
    assert lines.messages == ["proxy.untrusted address=10.2.0.1"]


def test_strangers_do_not_fill_the_log() -> None:
    asked = Asked()
    with written() as lines:
        for number in range(100):
            asked.host(f"8.8.8.{number}", b"198.51.100.7")
            asked.host(f"10.2.0.{number}", b"198.51.100.7")
    assert len(lines.messages) == MOST_TOLD
    assert not any("8.8.8" in message for message in lines.messages)


@asynccontextmanager
async def a_page_that_says_who_asks(*trusted: str) -> AsyncGenerator[str]:
    async def said(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        client = request.client
        told = {"host": client and client.host, "url": str(request.url)}
        await JSONResponse(told)(scope, receive, send)

    app = Forwarded(said, tuple(map(ip_network, trusted)))
    with bound() as listener:
        async with served((app, listener)):
            yield f"http://127.0.0.1:{port_of(listener)}/"


@pytest.mark.parametrize(("trusted", "named"), [("127.0.0.1", "198.51.100.7"), ("10.0.0.1", None)])
async def test_over_a_socket_neither_scheme_nor_host_is_anybodys_but_ours(
    trusted: str, named: str | None
) -> None:
    sent = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "443",
        "Forwarded": "for=203.0.113.9;proto=https;host=evil.example",
    }
    async with (
        a_page_that_says_who_asks(trusted) as url,
        httpx.AsyncClient(trust_env=False, verify=no_trust()) as http,
    ):
        told = json.loads((await http.get(url, headers=sent)).content)
    assert told == {"host": named or "127.0.0.1", "url": url}
