"""Who the person is here, whether they may enter, and what their sign-in leaves behind."""

import logging

from fastapi import Request

from bridge.endpoints.asking import Asking, new_code, problem, start_again
from bridge.endpoints.failures import Answered
from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Session
from bridge.provider import Provider
from bridge.store import AuditEvent, NewAccount, SignedIn, SignIn
from bridge.telemetry import Event, emit
from bridge.wechat import WeChatIdentity, WeChatUnionidMissing, subject_for

# A session is remembered at least this long: it gives the claims of the tokens that came from it.
SESSION_LIFETIME = 86_400

# How the person proved who they are; RFC 8176 has no name for it.
AMR = ("wechat", "qr")

EVENTS = {
    AuditEvent.IDENTITY_CONFLICT: Event.IDENTITY_CONFLICT,
    AuditEvent.IDENTITY_SHARED: Event.IDENTITY_SHARED,
    AuditEvent.SUBJECT_TAKEN: Event.SUBJECT_TAKEN,
}


async def enter(
    request: Request,
    provider: Provider,
    asking: Asking,
    identity: WeChatIdentity,
    delivery_hash: str,
) -> str:
    """Sign the person in and return the authorization code; raise Answered if they may not."""
    subject = await _subject(request, provider, asking, identity)
    _check_access(request, provider, asking, subject, identity.unionid)
    code, now, sid = provider.new_token(), provider.now(), provider.new_id()
    arrival = SignIn(
        identity=identity,
        if_new=NewAccount(
            account_id=provider.new_id(), subject=subject, handle=provider.new_handle()
        ),
        sid=sid,
        wechat_state=asking.pending.wechat_state,
        delivery_hash=delivery_hash,
        auth_time=now,
        amr=AMR,
        session_expires_at=now + SESSION_LIFETIME,
        audit_id=provider.new_id(),
    )
    signed_in = await provider.store.sign_in(
        arrival, token_hash(code), new_code(provider, asking, sid=sid)
    )
    client_id = asking.client.client_id
    if signed_in.audit_event is not None:
        emit(EVENTS[signed_in.audit_event], logging.WARNING, client_id=client_id)
    if signed_in == SignedIn(None):
        raise Answered(start_again(request, provider, asking))
    if signed_in.session is None:
        page = problem(request, provider, asking, "conflict", error="access_denied", status=403)
        raise Answered(page)
    account_id = signed_in.session.account.account_id
    emit(Event.SIGN_IN_COMPLETED, client_id=client_id, account_id=account_id)
    return code


async def enter_again(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> str:
    """Return a code of its own for a second delivery; raise Answered if they may no longer."""
    _check_access(request, provider, asking, session.account.subject, session.unionid)
    code = provider.new_token()
    await provider.store.add_code(token_hash(code), new_code(provider, asking, sid=session.sid))
    return code


async def _subject(
    request: Request, provider: Provider, asking: Asking, identity: WeChatIdentity
) -> str:
    """Return the subject that was pinned, or that will be."""
    account = await provider.store.find_account(identity)
    if account is not None:
        return account.subject
    try:
        return subject_for(
            identity, setting=provider.subject_setting, subject_key=provider.subject_key
        )
    except WeChatUnionidMissing:
        emit(Event.WECHAT_MISCONFIGURED, logging.ERROR, failure="WeChatUnionidMissing")
        page = problem(request, provider, asking, "unbound", error="server_error", status=500)
        raise Answered(page) from None


def _check_access(
    request: Request, provider: Provider, asking: Asking, subject: str, unionid: str | None
) -> None:
    if asking.client.admits(subject, unionid):
        return
    emit(Event.SIGN_IN_REFUSED, client_id=asking.client.client_id, cause="access")
    page = problem(
        request, provider, asking, "refused", error="access_denied", status=403, subject=subject
    )
    raise Answered(page)
