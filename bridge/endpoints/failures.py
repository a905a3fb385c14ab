"""How errors are told: to a person as a page, to a client as JSON (RFC 6749 §5.2).

Whoever is at the door decides: ``PERSON_FACING`` endpoints are opened by browsers, all others
by programs.
"""

import logging

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.reading import language_of
from bridge.oidc.errors import (
    InvalidClient,
    InvalidRequest,
    InvalidToken,
    OAuthError,
    ServerError,
    TemporarilyUnavailable,
    TooManyRequests,
)
from bridge.oidc.userinfo import MissingToken
from bridge.pages import problem_page
from bridge.provider import provider_of
from bridge.telemetry import Event, emit, request_id, route_of

PERSON_FACING = frozenset(
    {
        *("/authorize", "/continue", "/callback/wechat", "/cancel"),
        *("/sign_in", "/consent", "/select_account"),
        *("/end_session", "/end_session/confirm"),
    }
)


class Answered(Exception):
    """The answer is ready, and nothing that was about to be done is to be done."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def tell_misdirected(request: Request, error: HTTPException) -> Response:
    """Answer who asked for what is not here, or in a way that it is not asked for."""
    response = tell(request, InvalidRequest(error.detail.lower()))
    response.status_code = error.status_code
    response.headers.update(error.headers or {})
    return response


def tell_fault(request: Request) -> Response:
    """Answer what nobody foresaw. ``bridge.telemetry.Shield`` writes down where it happened."""
    return tell(request, ServerError("something went wrong here"))


def tell(request: Request, error: OAuthError) -> Response:
    """Tell an OAuthError that no endpoint could send to a redirection endpoint."""
    path = request.url.path
    emit(
        Event.REQUEST_REFUSED,
        logging.DEBUG,
        path=route_of(request.scope),
        error=error.error,
        detail=error.detail,
    )
    if path in PERSON_FACING:
        return _page(request, error)
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    if challenge := _challenge(request, error):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, TemporarilyUnavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, MissingToken):
        return Response(status_code=error.status, headers=headers)
    return JSONAnswer(
        {"error": error.error, "error_description": error.description},
        error.status,
        headers=headers,
    )


def _page(request: Request, error: OAuthError) -> Response:
    situation, retry_url = "fault" if isinstance(error, ServerError) else "request", None
    if isinstance(error, TooManyRequests):
        situation = "too_many"
        # The page's own address; what was posted is not posted again by a link.
        retry_url = "" if request.method == "GET" else None
    elif isinstance(error, TemporarilyUnavailable):
        situation, retry_url = "fault", "" if request.method == "GET" else None
    page = problem_page(
        situation,
        language=language_of(request),
        error=error.error,
        status=error.status,
        description=error.description,
        retry_url=retry_url,
        request_id=request_id(),
        simulated=provider_of(request).is_simulated,
    )
    if isinstance(error, TemporarilyUnavailable):
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def _challenge(request: Request, error: OAuthError) -> str | None:
    """RFC 6749 §5.2 and RFC 6750 §3: who used a header is answered by a header."""
    if isinstance(error, InvalidClient):
        return 'Basic realm="token"' if "authorization" in request.headers else None
    path = request.url.path
    realm = "register" if path.startswith("/register") else "userinfo"
    if isinstance(error, MissingToken):
        return f'Bearer realm="{realm}"'
    is_ours = isinstance(error, ServerError | TemporarilyUnavailable)
    at_userinfo = path == "/userinfo" and not is_ours
    if at_userinfo or isinstance(error, InvalidToken):
        return (
            f'Bearer realm="{realm}", error="{error.error}",'
            f' error_description="{error.description}"'
        )
    return None
