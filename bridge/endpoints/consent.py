"""The person's answer to the question whether a client may know them.

The question was sealed for one session and one pending request; the answer counts in the browser
that holds this request, and no other site can send it (our cookies are ``SameSite=Lax``).
"""

from typing import Any

from fastapi import Request, Response

from bridge.endpoints.admitting import entrant_of
from bridge.endpoints.asking import Asking, refuse, resume, start_again
from bridge.endpoints.auditing import entry_about, visitor_of
from bridge.endpoints.browser_session import find_session
from bridge.endpoints.consenting import is_remembered, wanted_of
from bridge.endpoints.entering import check_access
from bridge.endpoints.issuing import issue_from
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.pending import forget_pending
from bridge.endpoints.proceeding import proceed, standing_of, take_step
from bridge.endpoints.questions import opened_question
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.authentication import Standing, Step, next_step
from bridge.oidc.consent import Permission
from bridge.oidc.errors import AccessDenied, InvalidRequest, OAuthError
from bridge.provider import Provider
from bridge.store import AuditEvent
from bridge.telemetry import Event, emit

router = Router(first=limit_pages)


@router.route("/consent", "POST")
async def consent(request: Request, provider: Provider) -> Response:
    """Do what the person decided: answer, refuse, or let somebody else sign in."""
    parameters = await form_parameters(request)
    seal = opened_question(provider, provider.consent, parameters)
    asking = await resume(request, provider, seal["wechat_state"])
    match parameters.get("decision"):
        case "allow":
            try:
                return await _allow(request, provider, asking, seal)
            except OAuthError as error:
                return await refuse(request, provider, asking, error)
        case "other":
            return start_again(request, provider, asking, notice=None)
        case "deny":
            return await _deny(request, provider, asking, seal)
        case _:
            raise InvalidRequest("decision is missing, or none that there is")


async def _deny(
    request: Request, provider: Provider, asking: Asking, seal: dict[str, Any]
) -> Response:
    """The app is told, and the request is over: the back button does not turn no into yes."""
    emit(Event.CONSENT_DENIED, client_id=asking.client.client_id)
    session = (await _standing(request, provider, asking, seal)).session
    if session is not None:
        visitor, event = visitor_of(request, provider), AuditEvent.CONSENT_DENIED
        entry = entry_about(provider, event, visitor, session, asking.client)
        await provider.store.note(entry)
    response = await refuse(request, provider, asking, AccessDenied("the person does not allow it"))
    forget_pending(provider, response, asking.pending)
    return response


async def _allow(
    request: Request, provider: Provider, asking: Asking, seal: dict[str, Any]
) -> Response:
    """Answer with an answer of its own, however often the button is pressed.

    Where the session that was asked is gone, the request wants a newer one, or the client now asks
    for more than was on the page, the person is led on as if the request had just come.
    """
    standing = await _standing(request, provider, asking, seal)
    session, agreed = standing.session, Permission(tuple(seal["scope"]), tuple(seal["claims"]))
    if session is None:
        return await proceed(request, provider, asking)
    if next_step(asking.request, asking.expected, standing) is not Step.ANSWER:
        return await take_step(request, provider, asking, standing)
    await check_access(request, provider, asking, entrant_of(provider, session))
    wanted = wanted_of(provider, asking, session)
    if not agreed.covers(wanted):
        return await take_step(request, provider, asking, standing)
    remembered = wanted if is_remembered(asking) else None
    response = await issue_from(
        request, provider, asking, session, remembered, event=AuditEvent.CONSENT_GIVEN
    )
    if response is None:  # signed out at this moment
        return await proceed(request, provider, asking)
    client_id, account_id = asking.client.client_id, session.account.account_id
    emit(Event.CONSENT_GIVEN, client_id=client_id, account_id=account_id)
    return response


async def _standing(
    request: Request, provider: Provider, asking: Asking, seal: dict[str, Any]
) -> Standing:
    """Find the session that was asked; nobody else answers for it.

    A session that was made for this very request needs no cookie of its own: the pending cookie
    and the seal name it, also where there is no single sign-on.
    """
    made = await provider.store.find_sign_in(asking.pending.wechat_state)
    if made is not None and made.sid == seal["sid"]:
        return standing_of(provider, asking, made, is_fresh=True)
    session = await find_session(request, provider)
    if session is None or session.sid != seal["sid"]:
        return standing_of(provider, asking, None)
    return standing_of(provider, asking, session, is_chosen=True)
