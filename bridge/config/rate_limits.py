"""The table ``[rate_limits]``: who may ask how often."""

from importlib.util import find_spec
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

from bridge.limiting import Limit, Rate, Storage, read_rate, read_storage


def _is_a_rate(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError('must be text, such as "600/minute", or "off"')  # noqa: TRY004 - pydantic
    read_rate(text)
    return text.strip()


def _is_a_storage(text: object) -> object:
    """What is not ``memory`` may hold a password."""
    secret = text.get_secret_value() if isinstance(text, SecretStr) else text
    if not isinstance(secret, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic
    storage = read_storage(secret)
    if storage.kind == "redis" and find_spec("redis") is None:
        raise ValueError('needs the package redis: pip install "wechat-oidc-bridge[redis]"')
    return secret if storage.kind == "memory" else SecretStr(secret)


RateText = Annotated[str, BeforeValidator(_is_a_rate)]
StorageText = Annotated[str | SecretStr, BeforeValidator(_is_a_storage)]


class RateLimits(BaseModel):
    """How often, in the notation of the library ``limits``; ``off`` takes a limit away."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    storage: StorageText = "memory"
    # 300 people who sign in from one address in one minute need 3,000 of these
    pages_per_address: RateText = "6000/minute"
    public_requests_per_address: RateText = "3000/minute"
    registrations_per_address: RateText = "10/hour"
    client_failures_per_address: RateText = "100/minute"
    client_failures_per_client: RateText = "20/minute"
    token_failures_per_address: RateText = "600/minute"
    push_failures_per_address: RateText = "60/minute"
    wechat_failures_per_address: RateText = "120/minute"
    wechat_failures_per_client: RateText = "6000/minute"

    @property
    def rates(self) -> dict[Limit, Rate]:
        """Those that are not off."""
        written: dict[Limit, Rate | None] = {
            limit: read_rate(getattr(self, limit.value)) for limit in Limit
        }
        return {limit: rate for limit, rate in written.items() if rate is not None}

    @property
    def counted_in(self) -> Storage:
        """Where is counted, with the password."""
        where = self.storage
        return read_storage(where.get_secret_value() if isinstance(where, SecretStr) else where)
