"""The relying party's request, taken up again when the person comes back from WeChat."""

from dataclasses import dataclass

from fastapi import Request, Response

from bridge.endpoints.answering import redirect, show_sign_in
from bridge.endpoints.failures import Answered
from bridge.endpoints.pending import LostPending, Pending, new_pending, open_pending
from bridge.endpoints.reading import language_of
from bridge.oidc.authorization_code import LIFETIME, AuthorizationCode
from bridge.oidc.authorization_request import (
    AuthorizationRequest,
    read_authorization_request,
    verify_client,
    verify_redirection,
)
from bridge.oidc.authorization_response import error_uri, success_uri
from bridge.oidc.client import Client
from bridge.oidc.errors import OAuthError
from bridge.oidc.parameters import Parameters
from bridge.pages import problem_page
from bridge.provider import Provider


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, verified anew: what was sealed may have been withdrawn meanwhile."""

    pending: Pending
    client: Client
    request: AuthorizationRequest


async def resume(request: Request, provider: Provider, wechat_state: str) -> Asking:
    """Return what this browser's sign-in answers.

    Raises Answered where it is lost, or no longer allowed; OAuthError where the client or its
    redirect URI is gone.
    """
    try:
        pending = open_pending(provider, request, wechat_state)
    except LostPending:
        page = problem_page(
            "lost",
            language=language_of(request),
            error="invalid_request",
            status=400,
            simulated=provider.is_simulated,
        )
        raise Answered(page) from None
    parameters = Parameters(pending.parameters)
    client = verify_client(await provider.store.client(parameters.required("client_id")))
    redirection = verify_redirection(parameters, client)
    try:
        asked = read_authorization_request(parameters, client, redirection)
    except OAuthError as error:
        raise Answered(
            redirect(request, error_uri(redirection, error, issuer=provider.issuer))
        ) from None
    return Asking(pending, client, asked)


def refuse(request: Request, provider: Provider, asking: Asking, error: OAuthError) -> Response:
    """Send the browser back to the relying party with an error."""
    return redirect(request, error_uri(asking.request.redirection, error, issuer=provider.issuer))


def succeed(request: Request, provider: Provider, asking: Asking, code: str) -> Response:
    """Send the browser back to the relying party with an authorization code."""
    return redirect(
        request, success_uri(asking.request.redirection, code=code, issuer=provider.issuer)
    )


def start_again(request: Request, provider: Provider, asking: Asking) -> Response:
    """Show the way to WeChat once more: what came from there is of no use."""
    again = new_pending(provider, Parameters(asking.pending.parameters))
    return show_sign_in(request, provider, asking.client, again, notice="expired")


def problem(  # noqa: PLR0913 - what stands on the page
    request: Request,
    provider: Provider,
    asking: Asking,
    situation: str,
    *,
    error: str,
    status: int,
    subject: str | None = None,
    retry_url: str | None = None,
) -> Response:
    """Show why this sign-in does not go on, with the way back to the relying party."""
    return problem_page(
        situation,
        language=language_of(request, asking.pending.parameters.get("ui_locales")),
        error=error,
        status=status,
        subject=subject,
        retry_url=retry_url,
        wechat_state=asking.pending.wechat_state,
        simulated=provider.is_simulated,
    )


def new_code(provider: Provider, asking: Asking, *, sid: str) -> AuthorizationCode:
    """The code that will answer this request."""
    asked = asking.request
    return AuthorizationCode(
        grant_id=provider.new_id(),
        client_id=asking.client.client_id,
        sid=sid,
        redirect_uri=asked.redirection.redirect_uri,
        scope=asked.scope,
        nonce=asked.nonce,
        code_challenge=asked.code_challenge,
        expires_at=provider.now() + LIFETIME,
    )
