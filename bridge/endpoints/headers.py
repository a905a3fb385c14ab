"""The headers of a request, found by their names."""

from typing import TypeVar

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

T = TypeVar("T")


class SentHeaders(Headers):
    """The framework's, which goes through all of them for each name that is asked for.

    A browser sends twenty, and a sign-in asks a dozen times.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        # Of those that came more than once the first
        self._first = dict(reversed(self._list))

    def get(self, key: str, default: T = None) -> str | T:  # type: ignore[assignment]
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")


class SentRequest(Request):
    """A request as endpoints are given it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        # Where the framework keeps its own, once somebody has asked for it
        self._headers = SentHeaders(scope)
