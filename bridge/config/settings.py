"""What may be decided, as one frozen value: names, defaults, and what contradicts what.

Every setting has a heading in docs/configuration.md; a test compares the two. Spans of time are
whole seconds.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bridge.config.audit import AuditSettings
from bridge.config.database import DatabaseSettings, is_postgresql
from bridge.config.declared import DeclaredClient
from bridge.config.groups import GroupSettings
from bridge.config.lists import (
    DOMAIN_PROOF,
    Algorithms,
    DomainProofs,
    FetchAllowed,
    Scopes,
    Secrets,
)
from bridge.config.network import NetworkSettings
from bridge.config.origins import host_of
from bridge.config.rate_limits import RateLimits
from bridge.config.tables import Registration, WeChatApplication
from bridge.config.telemetry import TelemetrySettings
from bridge.config.values import (
    AtOnce,
    Certificates,
    Domain,
    Grace,
    Host,
    IdleLifetime,
    KeyTime,
    Name,
    Origin,
    Place,
    RefreshLifetime,
    RequestLifetime,
    SessionLifetime,
    Timeout,
    TokenLifetime,
)
from bridge.oidc.scope import SCOPES_BY_DEFAULT
from bridge.wechat.events import PushSettings

# Disaster-recovery hosts, as of 2026-11:
# https://developers.weixin.qq.com/doc/service/Basic_Information/Interface_field_description.html
_API_HOSTS = ("api", "api2", "sh.api", "sz.api", "hk.api")
_WECHAT_HOSTS = frozenset(f"https://{name}.weixin.qq.com" for name in (*_API_HOSTS, "open"))

_AT_LEAST = (
    ("key_announced", "jwks_max_age", "caches must learn a key before it signs"),
    ("key_published_on", "id_token_lifetime", "an ID Token must be verifiable while it lives"),
    ("key_published_on", "access_token_lifetime", "an API must be able to verify one that lives"),
    ("key_published_on", "jwks_max_age", "a key must be published until caches know its successor"),
    (
        "refresh_token_lifetime",
        "refresh_token_idle_lifetime",
        "no token can be idle for longer than it lives",
    ),
    ("wechat_total_timeout", "wechat_connect_timeout", "a try to connect is a part of the whole"),
    ("wechat_total_timeout", "wechat_answer_timeout", "an answer is a part of the whole"),
)


class Contradiction(ValueError):
    """Two settings, each good in itself, that cannot both hold. Both are seconds."""

    def __init__(self, settings: "Settings", names: tuple[str, str], rule: str) -> None:
        super().__init__(rule)
        self.seconds: dict[str, int] = {name: getattr(settings, name) for name in names}


class Settings(DatabaseSettings, AuditSettings, GroupSettings, NetworkSettings, TelemetrySettings):
    """What ``read_settings`` returns. Its text shows no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Origin
    keys_directory: Place | None = Field(default=None, validate_default=True)
    secrets: Secrets
    wechat: tuple[WeChatApplication, ...] = Field(min_length=1)

    mp_verify: DomainProofs = ()
    api_hosts: tuple[Host, ...] = Field(
        default=("https://api.weixin.qq.com", "https://api2.weixin.qq.com"), min_length=1
    )
    authorize_host: Host = "https://open.weixin.qq.com"
    qr_code: Literal["embedded", "redirect"] = "embedded"
    ca_file: Certificates | None = None
    wechat_connect_timeout: Timeout = 3
    wechat_answer_timeout: Timeout = 5
    wechat_total_timeout: Timeout = 10
    wechat_at_once: AtOnce = 100

    subject: Literal["either", "unionid", "openid", "opaque"] = "either"
    email_domain: Domain | None = None
    family_name: Name = "WeChat"
    scopes: Scopes = SCOPES_BY_DEFAULT

    fetch_allowed: FetchAllowed = ()

    algorithms: Algorithms = ("RS256", "ES256")
    access_token_lifetime: TokenLifetime = 3600
    id_token_lifetime: TokenLifetime = 3600
    pushed_request_lifetime: RequestLifetime = 90
    refresh_token_lifetime: RefreshLifetime = 7_776_000
    refresh_token_idle_lifetime: RefreshLifetime = 2_592_000
    refresh_token_grace: Grace = 60
    session_lifetime: SessionLifetime = 86_400
    session_idle_lifetime: IdleLifetime = 28_800
    key_announced: KeyTime = 86_400
    key_active: KeyTime = 2_592_000
    key_published_on: KeyTime = 86_400
    jwks_max_age: KeyTime = 3600

    registration: Registration = Registration()
    rate_limits: RateLimits = RateLimits()
    client: tuple[DeclaredClient, ...] = ()

    @property
    def keys_path(self) -> Path:
        """The folder of the signing keys: ``keys_directory``, else beside the database."""
        return self.keys_directory or self.sqlite_path.parent / "keys"

    @property
    def secret_values(self) -> tuple[bytes, ...]:
        """The secrets in the clear: the first seals, all open."""
        return tuple(secret.get_secret_value() for secret in self.secrets)

    @property
    def pushes(self) -> dict[str, PushSettings]:
        """What is agreed upon with WeChat about pushes, for each AppID that wants them."""
        wanted = {known.client_id: known.push_settings for known in self.wechat}
        return {appid: settings for appid, settings in wanted.items() if settings is not None}

    @property
    def domain_proofs(self) -> dict[str, str]:
        """What is in each file ``MP_verify_….txt``, by what stands in the middle of its name."""
        read = [DOMAIN_PROOF.fullmatch(entry) for entry in self.mp_verify]
        return {proof["name"]: proof["content"] or proof["name"] for proof in read if proof}

    @property
    def email_host(self) -> str:
        """What stands after the @ of a made-up address: ``email_domain``, or the issuer's host."""
        host = self.email_domain or host_of(self.issuer)
        # RFC 5321 §4.1.3: an IPv6 address in this place carries a tag.
        return f"[IPv6:{host[1:-1]}]" if host.startswith("[") else host

    @property
    def simulated(self) -> bool:
        """Is any host not WeChat's own, so that its people may be invented?"""
        return not _WECHAT_HOSTS.issuperset((*self.api_hosts, self.authorize_host))

    @field_validator("keys_directory")
    @classmethod
    def _place_for_keys(cls, directory: Path | None, info: ValidationInfo) -> Path | None:
        database: SecretStr | None = info.data.get("database")
        if directory is None and database is not None and is_postgresql(database):
            raise ValueError(
                "must be set where database is PostgreSQL: there is no file beside which the"
                " signing keys could be kept"
            )
        return directory

    @field_validator("wechat")
    @classmethod
    def _each_once(cls, wechat: tuple[WeChatApplication, ...]) -> tuple[WeChatApplication, ...]:
        appids = [application.client_id for application in wechat]
        for appid in appids:
            if appids.count(appid) > 1:
                raise ValueError(f"the AppID {appid} is given twice")
        return wechat

    @field_validator("client")
    @classmethod
    def _each_client_once(cls, clients: tuple[DeclaredClient, ...]) -> tuple[DeclaredClient, ...]:
        client_ids = [client.client_id for client in clients]
        for client_id in client_ids:
            if client_ids.count(client_id) > 1:
                raise ValueError(f"the client_id {client_id} is given twice")
        return clients

    @model_validator(mode="after")
    def _nothing_contradicts(self) -> Self:
        for name, other, reason in _AT_LEAST:
            if getattr(self, name) < getattr(self, other):
                raise Contradiction(
                    self, (name, other), f"{name} must be at least {other}: {reason}"
                )
        if self.key_announced >= self.key_active:
            raise Contradiction(
                self,
                ("key_announced", "key_active"),
                "key_announced must be less than key_active: "
                "a successor is announced while its predecessor signs",
            )
        return self
