"""The layer outside of all others: a request gets its name, and is told of when it was answered."""

import logging
import os
from collections.abc import Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge.telemetry.events import LOGGER, Event, emit
from bridge.telemetry.measuring import count_answer
from bridge.telemetry.request_id import HEADER, REQUEST_ID, named, request_id
from bridge.telemetry.tracing import NO_SPAN, Span, server_span

# What was asked for is not here: an address that anybody may invent is not repeated.
NOWHERE = "other"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observed:
    """Names each request, and returns the name as ``X-Request-ID``, also with a failure."""

    def __init__(self, app: ASGIApp, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._app = app
        self._random_bytes = random_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known_as = named(scope["headers"], self._random_bytes)
        name = REQUEST_ID.set(known_as)
        header = (HEADER, known_as.encode())
        began, status = perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        with server_span(scope["headers"]) as span:
            try:
                await self._app(scope, receive, watched)
            finally:
                _served(scope, status, perf_counter() - began, span)
                REQUEST_ID.reset(name)


def _served(scope: Scope, status: int, seconds: float, span: Span) -> None:
    """Tell of an answer; ``status`` is 0 where there was none."""
    method, route = method_of(scope), route_of(scope)
    count_answer(route, method, status, seconds)
    if span is not NO_SPAN:
        span.name(f"{method} {route}")
        span.tell(
            http__request__method=method,
            http__route=route,
            http__response__status_code=status,
            request_id=request_id() or "",
        )
    if LOGGER.isEnabledFor(logging.DEBUG):
        emit(
            Event.REQUEST_SERVED,
            logging.DEBUG,
            method=method,
            path=route,
            status=status,
            ms=round(seconds * 1_000, 1),
        )


def method_of(scope: Scope) -> str:
    """Return a method of HTTP's, and not whatever somebody sent for one."""
    method: str = scope["method"]
    return method if method in METHODS else NOWHERE


def route_of(scope: Scope) -> str:
    """Return the template of the path that was found, ``/register/{client_id}`` for one."""
    route: str = getattr(scope.get("route"), "path", NOWHERE)
    return route
