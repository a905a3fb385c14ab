"""Who the person is here, whether they may enter, and what their sign-in leaves behind."""

import logging

from fastapi import Request, Response

from bridge.endpoints.asking import Asking, new_code
from bridge.endpoints.failures import Answered
from bridge.endpoints.reading import language_of
from bridge.oidc.access_token import token_hash
from bridge.pages import problem_page
from bridge.provider import Provider
from bridge.store import AuditEvent, NewAccount, SignIn
from bridge.telemetry import Event, emit
from bridge.wechat import WeChatIdentity, WeChatUnionidMissing, subject_for

# A session is remembered at least this long: it gives the claims of the tokens that came from it.
SESSION_LIFETIME = 86_400

# How the person proved who they are; RFC 8176 has no name for it.
AMR = ("wechat", "qr")


async def enter(
    request: Request,
    provider: Provider,
    asking: Asking,
    identity: WeChatIdentity,
    delivery_hash: str,
) -> str:
    """Sign the person in and return the authorization code; raise Answered if they may not."""
    account = await provider.store.find_account(identity)
    try:
        subject = (
            account.subject
            if account is not None
            else subject_for(
                identity, setting=provider.subject_setting, subject_key=provider.subject_key
            )
        )
    except WeChatUnionidMissing:
        emit(Event.WECHAT_MISCONFIGURED, logging.ERROR, failure="WeChatUnionidMissing")
        page = _problem(request, provider, asking, "unbound", error="server_error", status=500)
        raise Answered(page) from None
    client = asking.client
    if not client.admits(subject, identity.unionid):
        emit(Event.SIGN_IN_REFUSED, client_id=client.client_id, cause="access")
        raise Answered(
            _problem(
                request,
                provider,
                asking,
                "refused",
                error="access_denied",
                status=403,
                subject=subject,
            )
        )

    code, now = provider.new_token(), provider.now()
    sid = provider.new_id()
    arrival = SignIn(
        identity=identity,
        if_new=NewAccount(
            account_id=provider.new_id(), subject=subject, handle=provider.new_handle()
        ),
        sid=sid,
        delivery_hash=delivery_hash,
        auth_time=now,
        amr=AMR,
        session_expires_at=now + SESSION_LIFETIME,
        audit_id=provider.new_id(),
    )
    signed_in = await provider.store.sign_in(
        arrival, token_hash(code), new_code(provider, asking, sid=sid)
    )
    if signed_in.audit_event is AuditEvent.IDENTITY_CONFLICT:
        emit(Event.IDENTITY_CONFLICT, logging.WARNING, client_id=client.client_id)
    if signed_in.session is None:
        emit(Event.IDENTITY_SHARED, logging.WARNING, client_id=client.client_id)
        raise Answered(
            _problem(request, provider, asking, "conflict", error="access_denied", status=403)
        )
    emit(
        Event.SIGN_IN_COMPLETED,
        client_id=client.client_id,
        account_id=signed_in.session.account.account_id,
    )
    return code


def _problem(  # noqa: PLR0913 - what stands on the page
    request: Request,
    provider: Provider,
    asking: Asking,
    situation: str,
    *,
    error: str,
    status: int,
    subject: str | None = None,
) -> Response:
    return problem_page(
        situation,
        language=language_of(request, asking.pending.parameters.get("ui_locales")),
        error=error,
        status=status,
        subject=subject,
        wechat_state=asking.pending.wechat_state,
        simulated=provider.is_simulated,
    )
