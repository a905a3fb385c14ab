"""Which endpoint answers where.

An endpoint takes the request and the provider. They are plain routes: to find out by annotations
what is the same for all of them took the framework ten times as long as the way to them.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from bridge.provider import Provider, provider_of

Endpoint = Callable[[Request, Provider], Awaitable[Response]]
E = TypeVar("E", bound=Endpoint)
First = Callable[[Request, Provider], Awaitable[None]]


class Router:
    """The routes of one module; ``first`` is done before each of its endpoints, and may raise."""

    def __init__(self, first: First | None = None) -> None:
        self.routes: list[Route] = []
        self._first = first

    def route(self, path: str, *methods: str) -> Callable[[E], E]:
        """Let the endpoint answer these methods and no others: HEAD only where it is named."""

        def add(endpoint: E) -> E:
            route = _Known(path, _Answering(endpoint, self._first), name=endpoint.__name__)
            route.methods = set(methods)
            self.routes.append(route)
            return endpoint

        return add


class _Known(Route):
    """Says in the scope which route it is, as the framework's own do: who counts wants its path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


class _Answering:
    """An endpoint as the server calls it; what it raises, the application answers.

    Not a function, around which the framework would put the handling of exceptions a second time.
    """

    def __init__(self, endpoint: Endpoint, first: First | None) -> None:
        self._endpoint = endpoint
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        provider = provider_of(request)
        if self._first is not None:
            await self._first(request, provider)
        response = await self._endpoint(request, provider)
        await response(scope, receive, send)
