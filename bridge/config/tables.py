"""The settings that stand together in a table of their own."""

from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretBytes,
    ValidationInfo,
    field_validator,
)

from bridge.config.lists import Access, BearerTokens, Scopes
from bridge.config.values import MAKE_A_SECRET, AppID, AppSecret, Name
from bridge.oidc.access import NOBODY, read_access
from bridge.oidc.scope import DEFAULT_SCOPE
from bridge.wechat.application import Kind


class WeChatApplication(BaseModel):
    """One application at WeChat, under the names that people know from its consoles."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind = "website"
    client_id: AppID
    client_secret: AppSecret
    scope: Literal["snsapi_userinfo", "snsapi_base"] = "snsapi_userinfo"
    platform_account: Name = "main"


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
