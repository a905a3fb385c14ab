"""Whether a client lets somebody in, and what is written down where it does not."""

from collections.abc import Collection
from dataclasses import dataclass

from bridge.endpoints.auditing import entry_of_the_hour
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.groups import groups_of
from bridge.provider import Provider
from bridge.store import AuditEvent, Visitor
from bridge.telemetry import Event, emit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody whom WeChat has named, at a client's door.

    ``account_id`` is what the audit trail knows them by; ``occasion`` tells their visits apart.
    """

    subject: str
    unionid: str | None
    account_id: str
    occasion: str
    groups: Collection[str]


def entrant_of(provider: Provider, session: Session) -> Entrant:
    """Who has signed in."""
    return Entrant(
        groups=groups_of(session, provider.claim_source.groups),
        subject=session.account.subject,
        unionid=session.unionid,
        account_id=session.account.account_id,
        occasion=session.sid,
    )


def is_admitted(client: Client, entrant: Entrant) -> bool:
    """Whether the client lets them in."""
    return client.admits(entrant.subject, entrant.unionid, groups=entrant.groups)


async def note_refusal(
    provider: Provider, client: Client, entrant: Entrant, visitor: Visitor
) -> None:
    """Write down that they were not let in: once an hour, as often as they may try."""
    emit(Event.SIGN_IN_REFUSED, client_id=client.client_id, cause="access")
    entry = entry_of_the_hour(
        provider,
        AuditEvent.SIGN_IN_REFUSED,
        visitor,
        entrant.occasion,
        client.client_id,
        account_id=entrant.account_id,
        client_id=client.client_id,
        reason="access",
    )
    await provider.store.note(entry)
