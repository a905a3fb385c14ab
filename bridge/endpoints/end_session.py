"""The End Session Endpoint: OpenID Connect RP-Initiated Logout 1.0."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request, Response

from bridge.endpoints.answering import redirect
from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.browser_session import find_session_to_end, forget_session, held_cookie
from bridge.endpoints.front_channel import frontchannel_logout_urls
from bridge.endpoints.hinting import read_hint
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.questions import opened_question, sealed_question
from bridge.endpoints.reading import form_parameters, language_of, query_parameters
from bridge.endpoints.routing import Router
from bridge.endpoints.signing_out import sign_out
from bridge.oidc.account import Session
from bridge.oidc.end_session import (
    PARAMETERS,
    LogoutRequest,
    asking_client_id,
    is_confirmed,
    read_logout_request,
    way_back,
)
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.pages import logout_page, signed_out_page, stayed_page
from bridge.provider import Provider
from bridge.store import LoggedIn

router = Router(first=limit_pages)


@router.route("/end_session", "GET", "POST")
async def end_session(request: Request, provider: Provider) -> Response:
    """Sign the person out of this browser, after asking unless the hint is theirs."""
    if request.method == "POST":
        return await _by_get(request, provider)
    parameters = query_parameters(request)
    hint = await read_hint(provider, parameters.get("id_token_hint"))
    client_id = asking_client_id(parameters, hint)
    client = await provider.store.client(client_id) if client_id else None
    asked = read_logout_request(parameters, client, hint)
    link = None
    if client is None and (wanted := parameters.get("post_logout_redirect_uri")) is not None:
        link = way_back(wanted, await provider.store.clients_returned_to(wanted))
    session = await find_session_to_end(request, provider)
    if session is None:
        return _signed_out(request, provider, asked.redirect_uri, link)
    is_same_browser = await _is_from_here(provider, asked, session)
    pairwise_key = provider.claim_source.pairwise_key
    if is_confirmed(asked, client, session, pairwise_key, is_same_browser=is_same_browser):
        logged_in = await sign_out(
            provider, session, visitor_of(request, provider), client_id=asked.client_id
        )
        return _signed_out(request, provider, asked.redirect_uri, link, logged_in)
    return _ask(request, provider, session, asked, link)


@router.route("/end_session/confirm", "POST")
async def confirm(request: Request, provider: Provider) -> Response:
    """Do what the person decided: sign out, or stay."""
    parameters = await form_parameters(request)
    seal = opened_question(provider, provider.logout, parameters)
    session = await find_session_to_end(request, provider)
    if parameters.get("decision") == "stay":
        return stayed_page(language=_language(request, parameters), simulated=provider.is_simulated)
    logged_in: list[LoggedIn] = []
    if session is not None:
        if session.sid != seal["sid"]:
            raise InvalidRequest("the question was asked of another session")
        logged_in = await sign_out(
            provider, session, visitor_of(request, provider), client_id=seal["client_id"]
        )
    return _signed_out(request, provider, seal["redirect_uri"], seal["link"], logged_in)


async def _by_get(request: Request, provider: Provider) -> Response:
    """Go on with a GET: a form from another site comes without the cookie of the session."""
    parameters = await form_parameters(request)
    parameters.check_none_repeated()
    sent = {name: value for name in PARAMETERS if (value := parameters.get(name)) is not None}
    return redirect(request, f"{provider.issuer}/end_session?{urlencode(sent)}")


def _ask(
    request: Request, provider: Provider, session: Session, asked: LogoutRequest, link: str | None
) -> Response:
    about = {
        "sid": session.sid,
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect_uri,
        "link": link,
    }
    return logout_page(
        language=_language(request, query_parameters(request)),
        token=sealed_question(provider, provider.logout, about),
        simulated=provider.is_simulated,
    )


async def _is_from_here(provider: Provider, asked: LogoutRequest, session: Session) -> bool:
    return asked.sid is not None and await provider.store.is_same_browser(session.sid, asked.sid)


def _signed_out(
    request: Request,
    provider: Provider,
    redirect_uri: str | None,
    link: str | None,
    logged_in: Sequence[LoggedIn] = (),
) -> Response:
    """Send the browser on, by way of a page where that has to tell other relying parties."""
    frames = frontchannel_logout_urls(provider, logged_in)
    if redirect_uri is not None and not frames:
        response = redirect(request, redirect_uri)
    else:
        response = signed_out_page(
            language=language_of(request),
            return_url=link,
            simulated=provider.is_simulated,
            onward=redirect_uri,
            frames=frames,
        )
    if held_cookie(request, provider) is not None:
        # Another site's form comes without it, and must not make the browser forget it.
        forget_session(provider, response)
    return response


def _language(request: Request, parameters: Parameters) -> str:
    return language_of(request, parameters.values.get("ui_locales"))
