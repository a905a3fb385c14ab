"""Questions that our pages ask: each is sealed with what it is about, and comes back as a form."""

from collections.abc import Mapping
from typing import Any

from bridge.endpoints.pending import LIFETIME
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider
from bridge.sealing import BrokenSeal, ExpiredSeal, Sealer


def sealed_question(provider: Provider, sealer: Sealer, about: Mapping[str, Any]) -> str:
    """Return the form's token. It is good for as long as a pending request."""
    return sealer.seal(about, expires_at=provider.now() + LIFETIME)


def opened_question(provider: Provider, sealer: Sealer, parameters: Parameters) -> dict[str, Any]:
    """Return what the form's token was sealed with; raise InvalidRequest."""
    parameters.check_none_repeated()
    try:
        return sealer.open(parameters.required("token"), now=provider.now())
    except (BrokenSeal, ExpiredSeal):
        raise InvalidRequest("the question is too old, or was never asked") from None
