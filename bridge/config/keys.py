"""The signing keys: where they are kept, and how long they are what. Seconds."""

from typing import Literal

from pydantic import BaseModel

from bridge.config.contradiction import Contradiction
from bridge.config.values import KeyTime, Place

# By how much the clocks of two machines may differ that share their keys
CLOCKS_DIFFER = 60

_RULES = (
    ("key_announced", "jwks_max_age", "caches must learn a key before it signs"),
    ("key_published_on", "id_token_lifetime", "an ID Token must be verifiable while it lives"),
    ("key_published_on", "access_token_lifetime", "an API must be able to verify one that lives"),
    ("key_published_on", "jwks_max_age", "a key must be published until caches know its successor"),
)


class KeySettings(BaseModel):
    """A part of ``Settings``."""

    keys: Literal["directory", "database"] | None = None
    keys_directory: Place | None = None
    keys_read_every: KeyTime = 30
    key_announced: KeyTime = 86_400
    key_active: KeyTime = 2_592_000
    key_published_on: KeyTime = 86_400
    jwks_max_age: KeyTime = 3600


def check_key_times(settings: KeySettings, *, shared: bool) -> None:
    """Raise Contradiction. Where nodes share keys, what one has done the others see later."""
    later = settings.keys_read_every + CLOCKS_DIFFER if shared else 0
    for name, other, reason in _RULES:
        if getattr(settings, name) >= getattr(settings, other) + later:
            continue
        if shared:
            raise Contradiction(
                settings,
                (name, other, "keys_read_every"),
                f"{name} must be at least {other}, keys_read_every and {CLOCKS_DIFFER} together:"
                f" {reason}, and nodes differ by that much",
            )
        raise Contradiction(settings, (name, other), f"{name} must be at least {other}: {reason}")
    if shared and settings.jwks_max_age < settings.keys_read_every:
        raise Contradiction(
            settings,
            ("jwks_max_age", "keys_read_every"),
            "jwks_max_age must be at least keys_read_every: nodes must be no slower than caches",
        )
    if settings.key_announced >= settings.key_active:
        raise Contradiction(
            settings,
            ("key_announced", "key_active"),
            "key_announced must be less than key_active: "
            "a successor is announced while its predecessor signs",
        )
