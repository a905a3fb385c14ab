"""Relying parties that stand in the settings: ``[[client]]``.

Here is what every one of them has, and its secrets. All other keys are the options of
``wechat-oidc client add``, and are judged where these are: see ``bridge.cli.declared_clients``.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

from bridge.config.values import MAKE_A_SECRET
from bridge.oidc.client import CLIENT_ID

# Each may stand in a file, named by the key with "_file" after it.
SECRETS = ("client_secret", "former_client_secret")

# 128 bits in base64url
_SHORTEST_SECRET = 22


def _is_a_client_id(text: str) -> str:
    if not CLIENT_ID.fullmatch(text):
        raise ValueError("holds letters, digits and . _ ~ - only, 1 to 100 of them")
    return text


def _is_hard_to_guess(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if len(text) < _SHORTEST_SECRET or not re.fullmatch(r"[!-~]+", text):
        raise ValueError(
            f"must be at least {_SHORTEST_SECRET} characters of ASCII without spaces;"
            f" make one with {MAKE_A_SECRET}"
        )
    return secret


ClientID = Annotated[str, AfterValidator(_is_a_client_id)]
ClientSecret = Annotated[SecretStr, AfterValidator(_is_hard_to_guess)]


class DeclaredClient(BaseModel):
    """One ``[[client]]``. Its text shows no secret."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    client_id: ClientID
    client_secret: ClientSecret | None = None
    # One that is good as well while the app is changed
    former_client_secret: ClientSecret | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        """What is said of it besides."""
        return self.model_extra or {}

    @property
    def secret(self) -> str | None:
        """The secret in the clear, or None."""
        return _in_the_clear(self.client_secret)

    @property
    def former_secret(self) -> str | None:
        """The secret before it in the clear, or None."""
        return _in_the_clear(self.former_client_secret)


def _in_the_clear(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def secret_files(client: Mapping[str, object]) -> dict[str, object]:
    """Of one ``[[client]]`` as written: which file holds which secret."""
    return {name: client[f"{name}_file"] for name in SECRETS if f"{name}_file" in client}
