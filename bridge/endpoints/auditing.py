"""From where a request came, and what the audit trail keeps of it.

Nothing is written for a stranger: whoever causes an entry has signed in at WeChat, or is a client.
What they can repeat as they please is written once an hour.
"""

from ipaddress import ip_network
from typing import Any, Literal

from fastapi import Request

from bridge.limiting import read_address
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.provider import Provider
from bridge.store import AuditEntry, AuditEvent, Visitor, audit_id_of
from bridge.wechat.browser_name import browser_name

AddressesKept = Literal["full", "network", "none"]

HOUR = 3_600

# What stays of an address where only its network is kept
NETWORK = {4: 24, 6: 48}


def visitor_of(request: Request, provider: Provider) -> Visitor:
    """Return from where the request came, as far as the operator wants it kept."""
    address = request.client.host if request.client else None
    return Visitor(
        address=kept_address(address, provider.audit_addresses),
        browser=browser_name(request.headers.get("user-agent")),
    )


def kept_address(text: str | None, kept: AddressesKept) -> str | None:
    """Return an address in its one spelling, or its network; None where there is none."""
    address = None if text is None or kept == "none" else read_address(text)
    if address is None:
        return None
    if kept == "full":
        return str(address)
    return str(ip_network((address, NETWORK[address.version]), strict=False))


def entry_of(provider: Provider, event: AuditEvent, visitor: Visitor, **members: Any) -> AuditEntry:
    """Return an entry about what happens once by its nature; ``members`` as it has them."""
    audit_id = provider.new_id()
    return AuditEntry(audit_id=audit_id, at=provider.now(), event=event, visitor=visitor, **members)


def entry_once(
    provider: Provider, event: AuditEvent, visitor: Visitor, *about: str, **members: Any
) -> AuditEntry:
    """Return an entry that is written once, however often it happens with the same ``about``."""
    audit_id = audit_id_of(event, *about)
    return AuditEntry(audit_id=audit_id, at=provider.now(), event=event, visitor=visitor, **members)


def entry_about(
    provider: Provider, event: AuditEvent, visitor: Visitor, session: Session, client: Client
) -> AuditEntry:
    """Return an entry that is written once an hour for each sign-in and client."""
    return entry_of_the_hour(
        provider,
        event,
        visitor,
        *(session.sid, client.client_id),
        account_id=session.account.account_id,
        client_id=client.client_id,
    )


def entry_of_the_hour(
    provider: Provider, event: AuditEvent, visitor: Visitor, *about: str, **members: Any
) -> AuditEntry:
    """Return an entry that is written once an hour for the same ``about``."""
    hour = str(provider.now() // HOUR)
    return entry_once(provider, event, visitor, hour, *about, **members)
