"""A provider of which pending sign-ins are asked, and the cookies of a browser."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import TypeVar, cast

from fastapi import Request, Response

from bridge.background import Background
from bridge.client_secrets import ClientSecrets
from bridge.endpoints.pending import (
    Pending,
    keep_pending,
    new_pending,
)
from bridge.fetching import Fetcher
from bridge.jose import ClientKeys
from bridge.limiting import RateLimiter
from bridge.oidc.claims import ClaimSource
from bridge.oidc.parameters import Parameters
from bridge.oidc.refresh_token import RefreshPolicy
from bridge.oidc.registration_access import RegistrationPolicy
from bridge.provider import Lifetimes, Provider
from bridge.readiness import Readiness
from bridge.sealing import Sealer
from bridge.signing_keys import KeysOnDisk
from bridge.store import Store
from bridge.store.engine import Steps, TableLock
from bridge.wechat import (
    Deliveries,
    Limits,
    WeChatApplication,
    WeChatClient,
    WeChatClients,
    WeChatHosts,
)
from bridge.wechat.api import WeChatApi
from bridge.wechat.turns import Turns
from keys import KeyDirectory, KeyPolicy
from tests.world import Clock

T = TypeVar("T")

HTTPS = "https://id.example.com"
HTTP = "http://localhost:8000"

SECRET = b"s" * 32
OLD_SECRET = b"o" * 32

APPID = "wx0123456789abcdef"

# RFC 6265 §6.1: at least 4,096 bytes of name, value and attributes together
LARGEST = 4_096
MOST = 6_000


class _NoDatabase:
    """Nothing is written, and nothing read, before a person has proved who they are."""

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        raise AssertionError(verb)

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:  # noqa: ARG002
        raise AssertionError(verb)

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        raise AssertionError(verb)

    def connections(self) -> Mapping[str, int]:
        raise AssertionError

    async def close(self) -> None: ...


def provider_at(
    issuer: str, clock: Clock, *, with_secrets: Sequence[bytes] = (SECRET,)
) -> Provider:
    """A provider of which pending sign-ins use no more than clock, chance and seal."""
    return Provider(
        issuer=issuer,
        store=Store(_NoDatabase()),
        wechat=WeChatClients(
            (
                WeChatClient(
                    WeChatApplication(appid=APPID, secret="0" * 32),
                    WeChatHosts(),
                    cast("WeChatApi", None),  # nobody is asked
                    Turns(Limits(), now=clock),
                ),
            )
        ),
        deliveries=Deliveries(now=clock),
        pushes={},
        domain_proofs={},
        readiness=Readiness({}),
        meters=None,
        tells_metrics=False,
        fetcher=cast("Fetcher", None),  # one needs a running loop
        client_keys=cast("ClientKeys", None),
        background=Background(),
        limiter=RateLimiter({}, secret=with_secrets[0], now=clock),
        client_secrets=ClientSecrets(with_secrets),
        keys=KeysOnDisk(KeyDirectory(Path("/nowhere/keys"), KeyPolicy(1, 2, 1))),
        pending=Sealer("pending", with_secrets),
        renewal=Sealer("renewal", with_secrets),
        logout=Sealer("logout", with_secrets),
        consent=Sealer("consent", with_secrets),
        choice=Sealer("choice of account", with_secrets),
        claim_source=ClaimSource(
            email_domain="x.example", family_name="x", default_picture="x", pairwise_key=b""
        ),
        scopes=("openid",),
        registration=RegistrationPolicy(mode="closed", token_hashes=(), scopes=(), access=()),
        lifetimes=Lifetimes(
            access_token=1,
            pushed_request=90,
            id_token=1,
            jwks_max_age=1,
            session=1,
            session_idle=1,
            audit=0,
            refresh_token=RefreshPolicy(lifetime=1, idle_lifetime=1, grace=0),
        ),
        subject_setting="either",
        subject_key=b"k" * 32,
        audit_addresses="full",
        embeds_code=True,
        is_simulated=False,
        now=clock,
        random_bytes=secrets.token_bytes,
        sleep=clock.sleep,
    )


@dataclass
class Jar:
    """The cookies of a browser, and what the last answer set."""

    cookies: dict[str, str] = field(default_factory=dict[str, str])
    last_set: Mapping[str, "Morsel[str]"] = field(default_factory=dict[str, "Morsel[str]"])

    def request(self) -> Request:
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"cookie", header.encode("latin-1"))] if header else []
        return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})

    def take(self, response: Response) -> None:
        self.last_set = {}
        for line in response.headers.getlist("set-cookie"):
            self.last_set |= SimpleCookie(line)
        for name, morsel in self.last_set.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    def ask(self, provider: Provider, **parameters: str) -> Pending:
        """Begin a sign-in, as /authorize does."""
        return self.keep(
            provider, new_pending(provider, Parameters({"client_id": "rp"} | parameters))
        )

    def keep(self, provider: Provider, pending: Pending) -> Pending:
        response = Response()
        keep_pending(provider, self.request(), response, pending)
        self.take(response)
        return pending

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in self.cookies.items())

    def has(self, pending: Pending) -> bool:
        return any(pending.wechat_state in name for name in self.cookies)


def noise(length: int) -> str:
    """Text that cannot be compressed much."""
    return secrets.token_urlsafe(length)[:length]
