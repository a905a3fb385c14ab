"""The OpenID Provider at run time: all that an endpoint may touch."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from bridge.background import Background
from bridge.client_secrets import ClientSecrets
from bridge.fetching import Fetcher
from bridge.ids import dated_id, random_client_id, random_handle, random_token
from bridge.jose import ClientKeys
from bridge.limiting import RateLimiter
from bridge.oidc.claims import ClaimSource
from bridge.oidc.client import Client
from bridge.oidc.refresh_token import RefreshPolicy
from bridge.oidc.registration_access import RegistrationPolicy
from bridge.oidc.scope import offered_scope
from bridge.oidc.subject import retired_subject
from bridge.readiness import Readiness
from bridge.sealing import Sealer
from bridge.signing_keys import KeyHolder
from bridge.store import Store
from bridge.telemetry import Meters
from bridge.wechat import BROWSER_KINDS, Deliveries, SubjectSetting, WeChatClients
from bridge.wechat.events import PushSettings
from keys import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """What the operator decides about time. Seconds."""

    access_token: int
    id_token: int
    pushed_request: int
    jwks_max_age: int
    # Of a browser's session: in all (0: there is none), and without being used
    session: int
    session_idle: int
    # 0: for ever
    audit: int
    refresh_token: RefreshPolicy


@dataclass(frozen=True, slots=True)
class Document:
    """A public answer as it is sent: true of ``ring``, from ``since`` until ``until`` (seconds)."""

    response: Response
    ring: KeyRing
    since: int
    until: int | None

    def is_true(self, ring: KeyRing, now: int) -> bool:
        # A clock that was set back may have passed a change.
        return ring is self.ring and self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    issuer: str
    store: Store
    wechat: WeChatClients
    # What has become of the codes that people came back with
    deliveries: Deliveries
    # Of applications that want them, by AppID
    pushes: Mapping[str, PushSettings]
    # The content of WeChat's files that prove a domain, by the middle of their names
    domain_proofs: Mapping[str, str]
    # What clients name, fetched with care
    fetcher: Fetcher
    client_keys: ClientKeys
    background: Background
    # What is counted here; None where the operator wants nothing counted
    meters: Meters | None
    # Whether they are told beside all else, and not on a listener of their own
    tells_metrics: bool
    readiness: Readiness
    # Who asks too often
    limiter: RateLimiter
    client_secrets: ClientSecrets
    keys: KeyHolder
    pending: Sealer
    renewal: Sealer
    logout: Sealer
    consent: Sealer
    choice: Sealer
    claim_source: ClaimSource
    scopes: tuple[str, ...]
    registration: RegistrationPolicy
    lifetimes: Lifetimes
    subject_setting: SubjectSetting
    subject_key: bytes
    # How much of an address the audit trail keeps
    audit_addresses: Literal["full", "network", "none"]
    # Whether our own page shows WeChat's QR code, or leads to it
    embeds_code: bool
    # Whether WeChat is a simulation here, as every sign-in page then says
    is_simulated: bool
    # Who may say in whose name a request comes
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    now: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    # For work in the background, and for who waits for another delivery of the same code
    sleep: Callable[[float], Awaitable[None]]
    # What is told to everybody alike, by name
    documents: dict[str, Document] = field(default_factory=dict[str, Document])

    @property
    def callback_uri(self) -> str:
        """Where WeChat sends people back to."""
        return f"{self.issuer}/callback/wechat"

    @property
    def exchanges_codes(self) -> bool:
        """Whether there is an application whose codes apps hand in at the Token Endpoint."""
        return any(wechat.application.kind not in BROWSER_KINDS for wechat in self.wechat)

    def offered(self, client: Client) -> Client:
        """The client without the scope values that the operator does not offer, or no longer."""
        scope = offered_scope(client.scope, self.scopes)
        return client if scope == client.scope else replace(client, scope=scope)

    def retired(self, subject: str) -> str:
        """What is kept of a subject once its person is erased."""
        return retired_subject(subject, self.subject_key)

    def new_token(self) -> str:
        return random_token(self.random_bytes)

    def new_id(self) -> str:
        return dated_id(self.now(), self.random_bytes)

    def new_client_id(self) -> str:
        return random_client_id(self.random_bytes)

    def new_handle(self) -> str:
        return random_handle(self.random_bytes)


def provider_of(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider
