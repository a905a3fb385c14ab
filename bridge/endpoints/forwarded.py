"""Who is at the other end: behind a proxy that is trusted, whom the proxy names.

Each proxy on the way adds the address that it sees at the right end of ``X-Forwarded-For``, so the
header is read from there, and only as far as those who wrote it are trusted. What stands further
to the left anybody can have written. RFC 7239's ``Forwarded`` is not read: a proxy that knows
nothing of it passes on what a stranger has written there. Neither are scheme and host, which are
the issuer's.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.limiting import Address, read_address
from bridge.telemetry import Event, emit

Network = IPv4Network | IPv6Network

HEADER = b"x-forwarded-for"

# More proxies stand in no row.
MOST_PROXIES = 32

# An IPv6 address with brackets, a zone and a port; nothing longer is one.
LONGEST = 128

# Proxies that nobody has named are told of, each once; but not by strangers without end.
MOST_TOLD = 10


class Forwarded:
    """Puts into ``scope["client"]`` the address of the person's or the client's machine."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)
        self._believes = lru_cache(1024)(self._is_trusted)
        self._told = set[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["client"] is not None:
            host, port = scope["client"]
            seen = plain(host)
            named = self._named_by(seen, [v for n, v in scope["headers"] if n == HEADER])
            if named != host:
                scope["client"] = (named, port if named == seen else 0)
        await self._app(scope, receive, send)

    def _named_by(self, peer: str, headers: list[bytes]) -> str:
        if not headers:
            return peer
        if not self._believes(peer):
            self._tell(peer)
            return peer
        named = peer
        for entry in _from_the_right(headers):
            address = read_entry(entry)
            if address is None:
                break
            named = str(address)
            if not self._believes(named):
                break
        return named

    def _is_trusted(self, host: str) -> bool:
        address = read_address(host)
        return address is not None and any(address in network for network in self._trusted)

    def _tell(self, peer: str) -> None:
        """Say it of machines near by, which may be a proxy: others only pretend to be one."""
        if peer in self._told or len(self._told) >= MOST_TOLD:
            return
        address = read_address(peer)
        if address is not None and address.is_private:
            self._told.add(peer)
            emit(Event.PROXY_UNTRUSTED, logging.WARNING, address=peer)


def _from_the_right(headers: Sequence[bytes]) -> Iterable[bytes]:
    """The entries of all lines of the header, which are one list (RFC 9110 §5.3)."""
    left = MOST_PROXIES
    for header in reversed(headers):
        rest, comma = header, b","
        while comma:
            if left == 0:
                return
            left -= 1
            rest, comma, entry = rest.rpartition(b",")
            yield entry


def read_entry(entry: bytes) -> Address | None:
    """Read ``192.0.2.1``, ``192.0.2.1:80``, ``2001:db8::1`` or ``[2001:db8::1]:80``.

    None for anything else: ``unknown``, a name, nothing.
    """
    entry = entry.strip(b" \t")
    if len(entry) > LONGEST:
        return None
    text = entry.decode("latin-1")
    if text.startswith("["):
        text, bracket, port = text[1:].partition("]")
        if not bracket or not _is_port(port):
            return None
    elif text.count(":") == 1:
        text, colon, port = text.partition(":")
        if not _is_port(colon + port):
            return None
    return read_address(text)


def _is_port(text: str) -> bool:
    return text == "" or (text[0] == ":" and text[1:].isascii() and text[1:].isdecimal())


def plain(host: str) -> str:
    """The same address, IPv4 as such: a socket for both gives it within IPv6."""
    if not host.startswith("::ffff:"):
        return host
    return str(read_address(host) or host)
