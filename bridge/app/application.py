"""The application that is served: its routes and its errors' answers."""

from collections.abc import Iterable

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.endpoints import (
    assets,
    authorize,
    callback,
    cancel,
    consent,
    discovery,
    domain_proofs,
    end_session,
    events,
    health,
    introspect,
    metrics,
    par,
    register,
    revoke,
    select_account,
    sign_in,
    token,
    userinfo,
)
from bridge.endpoints.cross_origin import CrossOrigin
from bridge.endpoints.failures import tell_misdirected
from bridge.endpoints.forwarded import Forwarded
from bridge.endpoints.guard import Guard
from bridge.endpoints.routing import Router
from bridge.provider import Provider
from bridge.telemetry import Observed, Shield

# In the order in which they are looked at: first what every sign-in needs
ENDPOINTS = (
    *(authorize, callback, token, userinfo, discovery),
    *(sign_in, consent, select_account, cancel, end_session),
    *(par, revoke, introspect, register, assets, events, domain_proofs),
    health,
)


class Application(FastAPI):
    """The framework's router, without what the framework has around it.

    That is for dependencies, forms and spans of its own, which nothing here uses, and was a
    twentieth of a sign-in's work. Endpoints answer what they raise (``bridge.endpoints.routing``).
    What has no parameter in its path is found by the whole of it; the router looks for the rest,
    and knows what to say to who is wrong here. What is added by ``add_middleware`` or
    ``add_exception_handler`` is never asked: put it around this one.
    """

    def __init__(self, provider: Provider, routers: Iterable[Router]) -> None:
        # Without redirects to an address without a slash: the framework takes scheme and host for
        # them from the request, and behind a proxy would send a client's secret over http.
        super().__init__(openapi_url=None, redirect_slashes=False)
        self.state.provider = provider
        routes = [route for router in routers for route in router.routes]
        self.router.routes.extend(routes)
        self._whole: dict[tuple[str | None, str | None], Route] = {
            (method, route.path): route
            for route in routes
            for method in route.methods or ()
            if not route.param_convertors
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        route = self._whole.get((scope.get("method"), scope.get("path")))
        if route is not None:
            scope["route"], scope["path_params"] = route, {}
            await route.app(scope, receive, send)
            return
        try:
            await self.router(scope, receive, send)
        except HTTPException as misdirected:
            response = tell_misdirected(Request(scope), misdirected)
            await response(scope, receive, send)


def create_app(provider: Provider) -> ASGIApp:
    """Return the application: its routes, its errors' answers, its shield, and who watches."""
    endpoints = (*ENDPOINTS, metrics) if provider.tells_metrics else ENDPOINTS
    app = Application(provider, [endpoint.router for endpoint in endpoints])
    answering = Shield(Forwarded(Guard(CrossOrigin(app)), provider.trusted_proxies))
    return Observed(answering)


def create_metrics_app(provider: Provider) -> ASGIApp:
    """Return what a listener of their own tells of metrics, and nothing else."""
    return Shield(Application(provider, [metrics.router]))
