"""What may be decided, as one frozen value: names, defaults, and what contradicts what.

Every setting has a heading in docs/configuration.md; a test compares the two. Spans of time are
whole seconds.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from bridge.config.audit import AuditSettings
from bridge.config.contradiction import Contradiction
from bridge.config.database import DatabaseSettings
from bridge.config.declared import DeclaredClient
from bridge.config.groups import GroupSettings
from bridge.config.keys import KeySettings, check_key_times
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
    Name,
    Origin,
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
    (
        "refresh_token_lifetime",
        "refresh_token_idle_lifetime",
        "no token can be idle for longer than it lives",
    ),
    ("wechat_total_timeout", "wechat_connect_timeout", "a try to connect is a part of the whole"),
    ("wechat_total_timeout", "wechat_answer_timeout", "an answer is a part of the whole"),
)


class Settings(
    DatabaseSettings,
    AuditSettings,
    GroupSettings,
    KeySettings,
    NetworkSettings,
    TelemetrySettings,
):
    """What ``read_settings`` returns. Its text shows no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Origin
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

    registration: Registration = Registration()
    rate_limits: RateLimits = RateLimits()
    client: tuple[DeclaredClient, ...] = ()

    @property
    def keys_path(self) -> Path | None:
        """The folder of the signing keys: ``keys_directory``, else beside the database file.

        Where they are stored, it is the folder that they may come from. With PostgreSQL there may
        be none.
        """
        if self.keys_directory is None and self.is_postgresql:
            return None
        return self.keys_directory or self.sqlite_path.parent / "keys"

    @property
    def keys_are_stored(self) -> bool:
        """Whether the signing keys are in the database, for nodes to share."""
        return self.keys == "database" or (self.keys is None and self.is_postgresql)

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
        if self.keys_path is None and not self.keys_are_stored:
            raise Contradiction(
                self,
                (),
                "keys_directory must be set where database is PostgreSQL and keys is directory:"
                " there is no file beside which the signing keys could be kept",
            )
        check_key_times(self, shared=self.keys_are_stored)
        return self
