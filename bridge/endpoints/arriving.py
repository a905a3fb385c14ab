"""A sign-in as the store takes it, whether a browser brought WeChat's code or an app did."""

import logging

from bridge.endpoints.newcomers import new_subject
from bridge.provider import Provider
from bridge.store import AuditEvent, NewAccount, SignedIn, SignIn
from bridge.telemetry import Event, emit
from bridge.wechat import (
    Delivery,
    WeChatApplication,
    WeChatIdentity,
    WeChatUnionidMissing,
    assurance_of,
)

# A session is remembered at least this long: it gives the claims of the tokens that came from it.
REMEMBERED = 86_400

EVENTS = {
    AuditEvent.IDENTITY_CONFLICT: Event.IDENTITY_CONFLICT,
    AuditEvent.IDENTITY_SHARED: Event.IDENTITY_SHARED,
    AuditEvent.SUBJECT_TAKEN: Event.SUBJECT_TAKEN,
}


async def pinned_subject(provider: Provider, identity: WeChatIdentity) -> str:
    """Return the subject that was pinned, or that will be; raise WeChatUnionidMissing."""
    account = await provider.store.find_account(identity)
    if account is not None:
        return account.subject
    try:
        return await new_subject(provider, identity)
    except WeChatUnionidMissing:
        emit(Event.WECHAT_MISCONFIGURED, logging.ERROR, failure="WeChatUnionidMissing")
        raise


def arrival(
    provider: Provider,
    application: WeChatApplication,
    identity: WeChatIdentity,
    subject: str,
    delivery: Delivery,
    client_id: str,
) -> SignIn:
    """Return it as it is without a browser: with no cookie to be known by."""
    now, assurance = provider.now(), assurance_of(application)
    return SignIn(
        identity=identity,
        client_id=client_id,
        if_new=NewAccount(
            account_id=provider.new_id(),
            subject=subject,
            handle=provider.new_handle(),
            retired_as=provider.retired(subject),
        ),
        sid=provider.new_id(),
        wechat_state=delivery.wechat_state,
        delivery_hash=delivery.hash,
        auth_time=now,
        amr=assurance.amr,
        acr=assurance.acr,
        session_expires_at=now + max(REMEMBERED, provider.lifetimes.session),
        browser_id=provider.new_id(),
        audit_id=provider.new_id(),
    )


def log(provider: Provider, arrived: SignIn, signed_in: SignedIn) -> None:
    """Write down who signed in, or why nobody did; from now on the store knows of the code."""
    client_id = arrived.client_id
    if signed_in.audit_event is not None:
        ids = dict(zip(("account_id", "other_account_id"), signed_in.about, strict=False))
        emit(EVENTS[signed_in.audit_event], logging.WARNING, client_id=client_id, **ids)
    if signed_in.is_disabled:
        emit(Event.SIGN_IN_REFUSED, client_id=client_id, cause="disabled")
    if signed_in.session is not None:
        provider.deliveries.answered(arrived.delivery_hash)
        account_id = signed_in.session.account.account_id
        emit(Event.SIGN_IN_COMPLETED, client_id=client_id, account_id=account_id)
