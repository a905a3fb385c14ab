"""The relying party's request, taken up again when the person comes back from WeChat."""

from dataclasses import dataclass

from fastapi import Request, Response

from bridge.endpoints.answering import respond_error
from bridge.endpoints.failures import Answered
from bridge.endpoints.hinting import read_hint
from bridge.endpoints.offering import show_sign_in
from bridge.endpoints.pending import LostPending, Pending, again, open_pending
from bridge.endpoints.reading import language_of
from bridge.oidc.authentication import expected_subject, with_possible_acr
from bridge.oidc.authorization_request import (
    AuthorizationRequest,
    RedirectionEndpoint,
    read_authorization_request,
    verify_client,
    verify_redirection,
)
from bridge.oidc.client import Client
from bridge.oidc.errors import OAuthError
from bridge.oidc.parameters import Parameters
from bridge.oidc.presentation import Presentation, presentation
from bridge.oidc.pushed_request import check_pushed
from bridge.oidc.signing import check_id_token_alg
from bridge.pages import problem_page
from bridge.provider import Provider
from bridge.telemetry import request_id
from bridge.wechat import BROWSER_KINDS, acr_values_of


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, verified anew: what was sealed may have been withdrawn meanwhile."""

    pending: Pending
    client: Client
    request: AuthorizationRequest
    # The ``sub`` that has to sign in; None: anybody
    expected: str | None

    @property
    def presented(self) -> Presentation:
        """What our pages show of who asks."""
        return presentation(self.client, self.request.redirection.redirect_uri)


async def judge(
    provider: Provider,
    parameters: Parameters,
    client: Client,
    redirection: RedirectionEndpoint,
    pending: Pending,
) -> Asking:
    """Read what is asked, at an endpoint that is verified; raise OAuthError."""
    check_pushed(client, is_pushed=pending.reference_hash is not None)
    client = provider.offered(client)
    asked = read_authorization_request(parameters, client, redirection)
    asked = with_possible_acr(asked, _possible_acrs(provider, client))
    ring = await provider.keys.ring(provider.now())
    check_id_token_alg(client, ring.algorithms)
    hint = await read_hint(provider, asked.id_token_hint)
    return Asking(pending, client, asked, expected_subject(asked, hint, client))


def _possible_acrs(provider: Provider, client: Client) -> tuple[str, ...]:
    """What people can have who sign in to this client in a browser."""
    applications = (wechat.application for wechat in provider.wechat)
    return acr_values_of(
        application
        for application in applications
        if application.kind in BROWSER_KINDS and client.may_use(application.appid)
    )


async def resume(request: Request, provider: Provider, wechat_state: str) -> Asking:
    """Return what this browser's sign-in answers.

    Raises Answered where it is lost, or no longer allowed; OAuthError where the client or its
    redirect URI is gone.
    """
    return await take_up(request, provider, find_pending(request, provider, wechat_state))


def find_pending(request: Request, provider: Provider, wechat_state: str) -> Pending:
    """Return this browser's sign-in; raise Answered where it is lost."""
    try:
        return open_pending(provider, request, wechat_state)
    except LostPending:
        page = problem_page(
            "lost",
            language=language_of(request),
            error="invalid_request",
            status=400,
            request_id=request_id(),
            simulated=provider.is_simulated,
        )
        raise Answered(page) from None


async def take_up(request: Request, provider: Provider, pending: Pending) -> Asking:
    """Return who asks what, as it is today; raise as ``resume`` does."""
    client = await provider.store.client(pending.client_id)
    return await taken_up(request, provider, pending, client)


async def taken_up(
    request: Request, provider: Provider, pending: Pending, client: Client | None
) -> Asking:
    """Do the same, where the client has just been looked up."""
    parameters = Parameters(pending.parameters)
    client = verify_client(client)
    redirection = verify_redirection(parameters, client)
    try:
        return await judge(provider, parameters, client, redirection, pending)
    except OAuthError as error:
        response = await respond_error(request, provider, redirection, pending, error)
        raise Answered(response) from None


async def as_it_is_now(request: Request, provider: Provider, asking: Asking) -> Asking:
    """Return the same, judged anew if the client has changed; raise as ``resume`` does."""
    client = await provider.store.client(asking.client.client_id)
    if is_as_judged(provider, asking, client):
        return asking
    return await taken_up(request, provider, asking.pending, client)


def is_as_judged(provider: Provider, asking: Asking, client: Client | None) -> bool:
    """Whether what is registered now is what was judged."""
    return client is not None and provider.offered(client) == asking.client


async def refuse(
    request: Request, provider: Provider, asking: Asking, error: OAuthError
) -> Response:
    """Send the browser back to the relying party with an error."""
    redirection = asking.request.redirection
    return await respond_error(request, provider, redirection, asking.pending, error)


def start_again(
    request: Request, provider: Provider, asking: Asking, notice: str | None = "expired"
) -> Response:
    """Show the way to WeChat once more: what came from there is of no use, or not wanted."""
    pending = again(provider, asking.pending)
    return show_sign_in(request, provider, asking.client, asking.presented, pending, notice=notice)


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
        request_id=request_id(),
        simulated=provider.is_simulated,
    )
