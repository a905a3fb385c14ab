"""What to do about a request: answer it from a session, ask, or show the way to WeChat."""

from fastapi import Request, Response

from bridge.endpoints.admitting import entrant_of, is_admitted, note_refusal
from bridge.endpoints.asking import Asking
from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.browser_session import find_session
from bridge.endpoints.consenting import question
from bridge.endpoints.entering import check_access
from bridge.endpoints.issuing import answer_from
from bridge.endpoints.offering import show_sign_in
from bridge.endpoints.pending import keep_pending
from bridge.endpoints.questions import sealed_question
from bridge.endpoints.reading import language_of
from bridge.oidc.account import Session
from bridge.oidc.authentication import Standing, Step, next_step
from bridge.oidc.claims import person_name
from bridge.oidc.errors import AccessDenied, LoginRequired
from bridge.oidc.subject import subject_for_client
from bridge.pages import account_page
from bridge.provider import Provider


def standing_of(
    provider: Provider, asking: Asking, session: Session | None, **known: bool
) -> Standing:
    """Who is there, in the eyes of this client; ``known`` as ``Standing`` has it.

    Whoever came by an application that the client may not use is nobody to it.
    """
    told, key = None, provider.claim_source.pairwise_key
    if session is not None and not asking.client.may_use(session.appid):
        session = None
    if session is not None:
        told = subject_for_client(session.account, asking.client, key)
    return Standing(session=session, subject=told, now=provider.now(), **known)


async def proceed(request: Request, provider: Provider, asking: Asking) -> Response:
    """Take the next step of a request that has just come; raises OAuthError."""
    session = await find_session(request, provider)
    return await take_step(request, provider, asking, standing_of(provider, asking, session))


async def take_step(
    request: Request, provider: Provider, asking: Asking, standing: Standing
) -> Response:
    """Take the step that comes next where somebody, or nobody, is there; raises OAuthError."""
    session, step = standing.session, next_step(asking.request, asking.expected, standing)
    if session is None or step in (Step.SIGN_IN, Step.SIGN_IN_AS_OTHER):
        notice = "other_account" if step is Step.SIGN_IN_AS_OTHER else None
        return _show_sign_in(request, provider, asking, notice)
    if step is Step.CHOOSE_ACCOUNT:
        return _show_account(request, provider, asking, session)
    is_silent, entrant = "none" in asking.request.prompt, entrant_of(provider, session)
    if is_silent and not is_admitted(asking.client, entrant):
        await note_refusal(provider, asking.client, entrant, visitor_of(request, provider))
        raise AccessDenied("the person may not use this client")
    await check_access(request, provider, asking, entrant)
    answer = await question(request, provider, asking, session)
    answer = answer or await answer_from(request, provider, asking, session)
    if answer is None and is_silent:
        raise LoginRequired("the person has just signed out")
    return answer or _show_sign_in(request, provider, asking)


def _show_sign_in(
    request: Request, provider: Provider, asking: Asking, notice: str | None = None
) -> Response:
    return show_sign_in(request, provider, asking.client, asking.presented, asking.pending, notice)


def _show_account(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> Response:
    """Ask whether it is to be the account that is signed in."""
    about = {"wechat_state": asking.pending.wechat_state, "sid": session.sid}
    page = account_page(
        language=language_of(request, asking.pending.parameters.get("ui_locales")),
        client=asking.presented,
        person=person_name(session.account),
        token=sealed_question(provider, provider.choice, about),
        wechat_state=asking.pending.wechat_state,
        simulated=provider.is_simulated,
    )
    keep_pending(provider, request, page, asking.pending)
    return page
