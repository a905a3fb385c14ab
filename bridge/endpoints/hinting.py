"""Whom a client means by an ID Token of ours: ``id_token_hint``."""

from collections.abc import Mapping
from typing import Any

from bridge.oidc.id_token_hint import check_not_encrypted, id_token_of
from bridge.provider import Provider


async def read_hint(provider: Provider, hint: str | None) -> Mapping[str, Any] | None:
    """Return the claims of the hint, however old; None unless it is an ID Token that we signed.

    Raises InvalidRequest where it is one that we cannot look into.
    """
    if hint is None:
        return None
    check_not_encrypted(hint)
    ring = await provider.keys.ring(provider.now())
    return id_token_of(ring.read(hint))
