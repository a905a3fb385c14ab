"""What to do about a request: answer it from a session, or show the way to WeChat."""

from fastapi import Request, Response

from bridge.endpoints.answering import show_sign_in
from bridge.endpoints.asking import Asking
from bridge.endpoints.browser_session import find_session
from bridge.endpoints.entering import check_access
from bridge.endpoints.issuing import answer_from
from bridge.oidc.authentication import Standing, Step, next_step
from bridge.oidc.errors import AccessDenied, LoginRequired
from bridge.oidc.subject import subject_for_client
from bridge.provider import Provider


async def proceed(request: Request, provider: Provider, asking: Asking) -> Response:
    """Take the next step of a request that has just come; raises OAuthError."""
    session = await find_session(request, provider)
    told, key = None, provider.claim_source.pairwise_key
    if session is not None:
        told = subject_for_client(session.account, asking.client, key)
    standing = Standing(session=session, subject=told, now=provider.now())
    step = next_step(asking.request, asking.expected, standing)
    if session is None or step is not Step.ANSWER:
        notice = "other_account" if step is Step.SIGN_IN_AS_OTHER else None
        return show_sign_in(request, provider, asking.presented, asking.pending, notice)
    is_silent = "none" in asking.request.prompt
    if is_silent and not asking.client.admits(session.account.subject, session.unionid):
        raise AccessDenied("the person may not use this client")
    check_access(request, provider, asking, session.account.subject, session.unionid)
    answer = await answer_from(request, provider, asking, session)
    if answer is None and is_silent:
        raise LoginRequired("the person has just signed out")
    return answer or show_sign_in(request, provider, asking.presented, asking.pending)
