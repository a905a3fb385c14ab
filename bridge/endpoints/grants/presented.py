"""What is handed in for tokens, looked up before it is known who asks.

So it is found together with the client to whom it was given, who is most likely the one who asks:
one question to the database in place of two.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from bridge.oidc.access_token import token_hash
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


Present = Callable[[Provider, Parameters], Awaitable[Presented]]


class _Issued(Protocol):
    @property
    def client(self) -> Client | None: ...


Found = TypeVar("Found", bound=_Issued)


async def present(
    text: str | None,
    find: Callable[[str], Awaitable[Found | None]],
    redeem: Callable[[Found | None, Client, Visitor], Awaitable[Mapping[str, Any]]],
) -> Presented:
    """Look up what is stored by the hash of this text, if there is any; nothing is judged yet."""
    found = None if text is None else await find(token_hash(text))
    return Presented(None if found is None else found.client, partial(redeem, found))
