"""The settings that stand together in a table of their own."""

from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from bridge.config.lists import Access, BearerTokens, Scopes
from bridge.config.values import (
    MAKE_A_SECRET,
    AppID,
    AppSecret,
    EncodingAESKey,
    EventsToken,
    Name,
)
from bridge.oidc.access import NOBODY, read_access
from bridge.oidc.scope import DEFAULT_SCOPE
from bridge.wechat.application import Kind
from bridge.wechat.events import PushSettings, read_aes_key

_NEEDED = {
    "former_events_token": "events_token",
    "events_aes_key": "events_token",
    "former_events_aes_key": "events_aes_key",
}


class WeChatApplication(BaseModel):
    """One application at WeChat, under the names that people know from its consoles."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind = "website"
    client_id: AppID
    client_secret: AppSecret
    scope: Literal["snsapi_userinfo", "snsapi_base"] = "snsapi_userinfo"
    platform_account: Name = "main"
    # Each in front of those that cannot do without it
    events_token: EventsToken | None = None
    former_events_token: EventsToken | None = None
    events_aes_key: EncodingAESKey | None = None
    former_events_aes_key: EncodingAESKey | None = None
    events_in_plain: Literal["note", "act"] = "note"

    @property
    def push_settings(self) -> PushSettings | None:
        """What is agreed upon with WeChat about pushes; None where none are wanted."""
        if self.events_token is None:
            return None
        tokens = (self.events_token, self.former_events_token)
        aes_keys = (self.events_aes_key, self.former_events_aes_key)
        return PushSettings(
            kind=self.kind,
            tokens=tuple(token.get_secret_value() for token in tokens if token),
            aes_keys=tuple(read_aes_key(key.get_secret_value()) for key in aes_keys if key),
            acts_on_plain=self.events_in_plain == "act",
        )

    @field_validator("former_events_token", "events_aes_key", "former_events_aes_key")
    @classmethod
    def _beside_the_present_one(
        cls, secret: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        needed = _NEEDED[info.field_name or ""]
        if secret is not None and needed in info.data and info.data[needed] is None:
            raise ValueError(f"is of no use without {needed}; set that as well")
        return secret

    @field_validator("events_in_plain")
    @classmethod
    def _nothing_to_act_on(cls, wanted: str, info: ValidationInfo) -> str:
        if wanted == "act" and info.data.get("events_aes_key") is not None:
            raise ValueError(
                "cannot be act beside events_aes_key: whoever saw one signature could do without"
                " the key; choose the secure mode (安全模式) in WeChat's console"
            )
        return wanted


class Registration(BaseModel):
    """Whether relying parties may register themselves, and what they are then given."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mode: Literal["closed", "token", "open"] = "closed"
    tokens: BearerTokens = Field(default=(), validate_default=True)
    scopes: Scopes = DEFAULT_SCOPE
    access: Access = (NOBODY,)

    @property
    def token_values(self) -> tuple[bytes, ...]:
        """The initial access tokens in the clear."""
        return tuple(token.get_secret_value() for token in self.tokens)

    @property
    def may_enter(self) -> tuple[str, ...] | None:
        """The member ``access`` of a client that registers itself."""
        return read_access(self.access)

    @field_validator("tokens")
    @classmethod
    def _token_for_whom(
        cls, tokens: tuple[SecretBytes, ...], info: ValidationInfo
    ) -> tuple[SecretBytes, ...]:
        if info.data.get("mode") == "token" and not tokens:
            raise ValueError(
                "must hold at least one where registration.mode is token;"
                f" make one with {MAKE_A_SECRET}"
            )
        return tokens
