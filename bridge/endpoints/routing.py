"""Which endpoint answers where.

An endpoint takes the request and the provider. They are plain routes: to find out by annotations
what is the same for all of them took the framework ten times as long as the way to them.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from bridge.endpoints.failures import Answered, tell, tell_fault, tell_misdirected
from bridge.endpoints.headers import SentRequest
from bridge.oidc.errors import OAuthError
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
    """An endpoint as the server calls it, which answers also what the endpoint raises.

    Not a function, around which the framework would put its own handling of exceptions.
    """

    def __init__(self, endpoint: Endpoint, first: First | None) -> None:
        self._endpoint = endpoint
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = SentRequest(scope, receive, send)
        try:
            response = await self._answer(request)
        except Answered as answered:
            response = answered.response
        except OAuthError as error:
            response = tell(request, error)
        except HTTPException as misdirected:
            response = tell_misdirected(request, misdirected)
        except Exception:
            await tell_fault(request)(scope, receive, send)
            raise
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        provider = provider_of(request)
        if self._first is not None:
            await self._first(request, provider)
        return await self._endpoint(request, provider)
