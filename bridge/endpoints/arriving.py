"""A sign-in as the store takes it, whether a browser brought WeChat's code or an app did."""

import logging
from collections.abc import Collection

from bridge.endpoints.admitting import Entrant
from bridge.endpoints.auditing import entry_once
from bridge.endpoints.newcomers import known_or_new
from bridge.oidc.access import groups_in
from bridge.oidc.account import Account
from bridge.oidc.client import Client
from bridge.oidc.groups import declared_groups, in_order
from bridge.provider import Provider
from bridge.store import AuditEvent, NewAccount, SignedIn, SignIn, Visitor, newcomer_id
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


async def entrant_from_wechat(
    provider: Provider, client: Client, identity: WeChatIdentity, delivery: Delivery
) -> Entrant:
    """Return who is about to enter, with the subject that was pinned to them, or that will be.

    Raises WeChatUnionidMissing.
    """
    account, subject = await _known_or_new(provider, identity)
    account_id = account.account_id if account else newcomer_id(provider.retired(subject))
    groups: Collection[str] = ()
    if groups_in(client.access):
        groups = await _groups(provider, identity, account, subject)
    return Entrant(
        groups=groups,
        subject=subject,
        unionid=identity.unionid,
        account_id=account_id,
        occasion=delivery.hash,
    )


async def _groups(
    provider: Provider, identity: WeChatIdentity, account: Account | None, subject: str
) -> list[str]:
    """Return where they belong, or will once this sign-in is done."""
    handle = account.handle if account is not None else None
    openid, unionid = identity.openid, identity.unionid
    return in_order(
        account.groups if account is not None else (),
        declared_groups(provider.claim_source.groups, subject, handle, openid, unionid),
        await provider.store.awaited_groups(openid, unionid, subject),
    )


async def _known_or_new(provider: Provider, identity: WeChatIdentity) -> tuple[Account | None, str]:
    try:
        return await known_or_new(provider, identity)
    except WeChatUnionidMissing:
        emit(Event.WECHAT_MISCONFIGURED, logging.ERROR, failure="WeChatUnionidMissing")
        raise


async def note_virtual_account(
    provider: Provider, client_id: str, delivery: Delivery, visitor: Visitor
) -> None:
    """Write down that WeChat named nobody in particular; each code of WeChat's counts once."""
    event = AuditEvent.SNAPSHOT_USER_REFUSED
    entry = entry_once(provider, event, visitor, delivery.hash, client_id=client_id)
    await provider.store.note(entry)


def arrival(  # noqa: PLR0913 - what a sign-in is made of
    provider: Provider,
    application: WeChatApplication,
    identity: WeChatIdentity,
    subject: str,
    delivery: Delivery,
    client_id: str,
    *,
    visitor: Visitor,
    cookie_hash: str | None = None,
    former_cookie_hash: str | None = None,
) -> SignIn:
    """Return it with the cookies by which the browser is known; without a browser there is none."""
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
        visitor=visitor,
        cookie_hash=cookie_hash,
        former_cookie_hash=former_cookie_hash,
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
        provider.deliveries.answered(arrived.wechat_state, arrived.delivery_hash)
        account_id = signed_in.session.account.account_id
        emit(Event.SIGN_IN_COMPLETED, client_id=client_id, account_id=account_id)
