"""Who the person is here, whether they may enter, and what their sign-in leaves behind."""

from functools import partial

from fastapi import Request, Response

from bridge.endpoints.admitting import Entrant, entrant_of, is_admitted, note_refusal
from bridge.endpoints.arriving import arrival, entrant_from_wechat, log
from bridge.endpoints.asking import Asking, is_as_judged, problem, start_again
from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.browser_session import (
    find_session,
    give_session,
    held_cookie,
    is_single_sign_on,
)
from bridge.endpoints.consenting import may_ask, question
from bridge.endpoints.failures import Answered
from bridge.endpoints.issuing import Issue, answer_from, issue_from, new_issue, succeed
from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Session
from bridge.oidc.authentication import check_acr
from bridge.oidc.pushed_request import unknown_reference
from bridge.oidc.subject import told_subject
from bridge.provider import Provider
from bridge.store import AlreadyAnswered, SignedIn, SignIn
from bridge.wechat import (
    Delivery,
    WeChatApplication,
    WeChatIdentity,
    WeChatUnionidMissing,
    assurance_of,
)


async def enter(
    request: Request,
    provider: Provider,
    asking: Asking,
    application: WeChatApplication,
    identity: WeChatIdentity,
    delivery: Delivery,
) -> Response:
    """Sign the person in and answer the client; raise Answered if they may not.

    Raises UnmetAuthenticationRequirements where the application proves less than is asked for, and
    ClientChanged where the client has to be judged anew: nothing is done then.
    """
    assurance = assurance_of(application)
    _check_way(request, provider, asking, application.appid, assurance.acr)
    entrant = await _entrant(request, provider, asking, identity, delivery)
    _check_expected(request, provider, asking, entrant.subject)
    await check_access(request, provider, asking, entrant)
    cookie = provider.new_token()
    client_id = asking.client.client_id
    arrived = arrival(
        *(provider, application, identity, entrant.subject, delivery, client_id),
        visitor=visitor_of(request, provider),
        cookie_hash=token_hash(cookie) if is_single_sign_on(provider) else None,
        former_cookie_hash=held_cookie(request, provider),
    )
    # One transaction with the sign-in, unless the person has to be known before they are asked.
    issue = None if may_ask(asking) else await new_issue(provider, asking, sid=arrived.sid)
    signed_in = await _sign_in(provider, asking, arrived, issue)
    if signed_in == SignedIn(None):
        return await _enter_as_before(request, provider, asking, identity)
    if signed_in.session is None:
        situation = "disabled" if signed_in.is_disabled else "conflict"
        page = problem(request, provider, asking, situation, error="access_denied", status=403)
        raise Answered(page)
    if issue is None:
        response = await _answer(request, provider, asking, signed_in.session)
    else:
        response = await succeed(request, provider, asking, issue, signed_in.session)
    if arrived.cookie_hash is not None:
        if signed_in.session.sid != arrived.sid:
            # Another delivery was faster, and a browser gives up the first when the second begins.
            await provider.store.give_cookie(signed_in.session.sid, arrived.cookie_hash)
        give_session(provider, response, cookie)
    return response


async def _sign_in(
    provider: Provider, asking: Asking, arrived: SignIn, issue: Issue | None
) -> SignedIn:
    """Write down who came; raise InvalidRequestUri where another visit was answered first."""
    try:
        signed_in = await provider.store.sign_in(
            arrived,
            issue.new if issue else None,
            is_as_judged=partial(is_as_judged, provider, asking),
        )
    except AlreadyAnswered:
        raise unknown_reference() from None
    log(provider, arrived, signed_in)
    return signed_in


async def _enter_as_before(
    request: Request, provider: Provider, asking: Asking, identity: WeChatIdentity
) -> Response:
    """Answer who has answered this request already, by another code; nobody else does so.

    WeChat for Android has gone to the callback two times, with two codes (as of 2026-11):
    https://github.com/chanxuehong/wechat/issues/226
    """
    session = await provider.store.find_sign_in(asking.pending.wechat_state)
    came = (identity.appid, identity.openid)
    if session is None or (session.appid, session.openid) != came:
        return start_again(request, provider, asking)
    return await enter_again(request, provider, asking, session)


def _check_way(
    request: Request, provider: Provider, asking: Asking, appid: str, acr: str | None
) -> None:
    """Raise where the client may no longer use the application, or it proves too little."""
    if not asking.client.may_use(appid):
        raise Answered(start_again(request, provider, asking))
    check_acr(asking.request, (acr,))


async def enter_again(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> Response:
    """Answer a second delivery with a code of its own; raise Answered if they may no longer."""
    _check_way(request, provider, asking, session.appid, session.acr)
    _check_expected(request, provider, asking, session.account.subject)
    await check_access(request, provider, asking, entrant_of(provider, session))
    response = await question(request, provider, asking, session)
    response = response or await answer_from(request, provider, asking, session)
    if response is None:
        return start_again(request, provider, asking)
    held = await find_session(request, provider)
    if is_single_sign_on(provider) and (held is None or held.sid != session.sid):
        # The answer to the first delivery did not reach the browser.
        cookie = provider.new_token()
        await provider.store.give_cookie(session.sid, token_hash(cookie))
        give_session(provider, response, cookie)
    return response


async def _answer(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> Response:
    """Ask who has just signed in, or answer where there is nothing to ask."""
    response = await question(request, provider, asking, session)
    response = response or await issue_from(request, provider, asking, session)
    return response or start_again(request, provider, asking)


async def _entrant(
    request: Request,
    provider: Provider,
    asking: Asking,
    identity: WeChatIdentity,
    delivery: Delivery,
) -> Entrant:
    try:
        return await entrant_from_wechat(provider, asking.client, identity, delivery)
    except WeChatUnionidMissing:
        page = problem(request, provider, asking, "unbound", error="server_error", status=500)
        raise Answered(page) from None


def _check_expected(request: Request, provider: Provider, asking: Asking, subject: str) -> None:
    """Core §3.1.2.2: who is asked for by name is the one who signs in."""
    told = told_subject(subject, asking.client, provider.claim_source.pairwise_key)
    if asking.expected not in (None, told):
        raise Answered(start_again(request, provider, asking, notice="other_account"))


async def check_access(
    request: Request, provider: Provider, asking: Asking, entrant: Entrant
) -> None:
    """Raise Answered unless the client lets the person in."""
    if is_admitted(asking.client, entrant):
        return
    await note_refusal(provider, asking.client, entrant, visitor_of(request, provider))
    page = problem(
        request,
        provider,
        asking,
        "refused",
        error="access_denied",
        status=403,
        subject=entrant.subject,
    )
    raise Answered(page)
