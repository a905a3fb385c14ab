"""What is handed in for tokens, looked up before it is known who asks.

So it is found together with the client to whom it was given, who is most likely the one who asks:
one question to the database in place of two.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from bridge.oidc.client import Client
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider
from bridge.store import Visitor

Redeem = Callable[[Client, Visitor], Awaitable[Mapping[str, Any]]]


class Presented(NamedTuple):
    """``client`` is None where nothing was found; ``redeem`` then says why.

    It is called once the client has proved who it is, and judges all else.
    """

    client: Client | None
    redeem: Redeem


def presented_text(parameters: Parameters, name: str) -> str | None:
    """Return what may be looked up beforehand.

    A signed proof is not waited for: to fetch the keys for it takes a while, and what was found
    would be old.
    """
    return None if "client_assertion" in parameters.values else parameters.values.get(name)


Present = Callable[[Provider, Parameters], Awaitable[Presented]]
