"""The application that is served: its routes and its errors' answers."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

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
from bridge.endpoints.failures import Answered, give_answer, tell, tell_fault, tell_misdirected
from bridge.endpoints.forwarded import Forwarded
from bridge.endpoints.guard import Guard
from bridge.oidc.errors import OAuthError
from bridge.provider import Provider
from bridge.telemetry import Observed, Shield

# In the order in which they are looked at: first what every sign-in needs
ENDPOINTS = (
    *(authorize, callback, token, userinfo, discovery),
    *(sign_in, consent, select_account, cancel, end_session),
    *(par, revoke, introspect, register, assets, events, domain_proofs),
    health,
)


def create_app(provider: Provider) -> ASGIApp:
    """Return the application: its routes, its errors' answers, its shield, and who watches."""
    # Without redirects to an address without a slash: the framework takes scheme and host for
    # them from the request, and behind a proxy would send a client's secret over http.
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.provider = provider
    for endpoint in (*ENDPOINTS, metrics) if provider.tells_metrics else ENDPOINTS:
        app.router.routes.extend(endpoint.router.routes)
    app.add_exception_handler(OAuthError, tell)
    app.add_exception_handler(Answered, give_answer)
    app.add_exception_handler(HTTPException, tell_misdirected)
    app.add_exception_handler(Exception, tell_fault)
    answering = Shield(Forwarded(Guard(CrossOrigin(app)), provider.trusted_proxies))
    return Observed(answering)


def create_metrics_app(provider: Provider) -> ASGIApp:
    """Return what a listener of their own tells of metrics, and nothing else."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.provider = provider
    app.router.routes.extend(metrics.router.routes)
    app.add_exception_handler(HTTPException, tell_misdirected)
    return Shield(app)
