"""How a sign-in ends, whoever ends it: everywhere at once."""

import logging

from bridge.endpoints.auditing import entry_of
from bridge.endpoints.back_channel import tell_by_back_channel
from bridge.oidc.account import Session
from bridge.provider import Provider
from bridge.store import AuditEvent, LoggedIn, Visitor
from bridge.telemetry import Event, emit


async def sign_out(
    provider: Provider, session: Session, visitor: Visitor, *, client_id: str | None = None
) -> list[LoggedIn]:
    """End the sessions of this session's browser, tell the relying parties, and return them.

    ``client_id`` says who asked. Of two that sign out together, one has somebody to tell.
    """
    account_id, event = session.account.account_id, AuditEvent.SESSION_ENDED
    entry = entry_of(provider, event, visitor, account_id=account_id, client_id=client_id)
    logged_in = await provider.store.end_session(session.sid, now=provider.now(), entry=entry)
    if logged_in is None:
        return []
    emit(Event.SESSION_ENDED, logging.INFO, client_id=client_id, account_id=account_id)
    tell_by_back_channel(provider, logged_in)
    return logged_in
