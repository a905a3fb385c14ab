"""Servers of strangers, on loopback, and a fetcher that is sent to them."""

import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bridge.fetching import Fetcher, Reach, open_fetcher
from bridge.fetching.lookup import Lookup
from tests.wechat.hostile_wechat import Answer, HostileWeChat, hostile_wechat
from tests.world import Clock

LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True)
class Authority:
    """Its folder holds ca.pem, server.pem for the usual names, and other.pem for another."""

    folder: Path

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def tls(self, certificate: str = "server.pem") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / certificate)
        return context


@dataclass
class Names:
    """A name server: what it says next, one answer for each question; the last is repeated."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@asynccontextmanager
async def stranger(
    authority: Authority, *answers: Answer, certificate: str = "server.pem"
) -> AsyncGenerator[HostileWeChat]:
    """A server that speaks https and gives these answers."""
    async with hostile_wechat(*answers, tls=authority.tls(certificate)) as server:
        yield server


@asynccontextmanager
async def fetching(
    authority: Authority,
    allowed: Sequence[str] = LOOPBACK,
    *,
    clock: Clock | None = None,
    deadline: float = 5,
    lookup: Lookup | None = None,
) -> AsyncGenerator[Fetcher]:
    reach = Reach.read(allowed, ca_file=authority.ca_file, deadline=deadline)
    async with open_fetcher(reach, now=clock or Clock(), lookup=lookup) as fetcher:
        yield fetcher
