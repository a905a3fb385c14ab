"""Relying parties: their registration, and what they push and sign."""

from collections.abc import Callable, Sequence

from bridge.oidc.client import Client
from bridge.store import clients, declaring, pushed_requests, used_jtis
from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.declaring import Declared
from bridge.store.values import PushedRequest, Visit
from bridge.store.verbs.engine_held import EngineHeld


class ClientVerbs(EngineHeld):
    async def client(self, client_id: str) -> Client | None:
        """Return the registered client, or None."""
        return await self._engine.read(lambda: clients.find_client(client_id))

    async def clients(self) -> list[Client]:
        return await self._engine.read(clients.list_clients)

    async def clients_returned_to(self, post_logout_redirect_uri: str) -> list[Client]:
        """Return the clients that registered this address, two of them at most."""
        return await self._engine.read(
            lambda: clients.clients_returned_to(post_logout_redirect_uri)
        )

    async def add_client(
        self, client: Client, *, now: int, entry: AuditEntry | None = None
    ) -> bool:
        """Register a client; False if its client_id is taken.

        ``entry``, here and below, is what the audit trail keeps of it, if it is done.
        """
        return await self._engine.write(lambda: clients.add_client(client, now, entry))

    async def change_client(
        self,
        client_id: str,
        change: Callable[[Client], Client],
        *,
        entry: AuditEntry | None = None,
    ) -> Client | None:
        """Register what ``change`` makes of what is registered; None if nothing is.

        No other change comes between; where ``change`` raises, nothing is changed. What the client
        was given ends if it is now told another ``sub`` of the same person.
        """
        return await self._engine.write(lambda: clients.change_client(client_id, change, entry))

    async def change_registration(
        self,
        client_id: str,
        change: Callable[[Client], Client],
        *,
        entry: AuditEntry | None = None,
    ) -> Client | None:
        """Do the same for a client that changes itself.

        Who has consented to it is asked again if it is no longer what they were shown.
        """
        return await self._engine.write(
            lambda: clients.change_registration(client_id, change, entry)
        )

    async def remove_client(
        self,
        client_id: str,
        *,
        check: Callable[[Client], None] | None = None,
        entry: AuditEntry | None = None,
    ) -> bool:
        """Forget the client with all that it was given; False if it is unknown.

        ``check`` judges what is registered then; where it raises, nothing is removed.
        """
        return await self._engine.write(lambda: clients.remove_client(client_id, check, entry))

    async def declare_clients(
        self,
        declared: Sequence[Client],
        merge: Callable[[Client, Client], Client],
        noted: Callable[[AuditEvent, str], AuditEntry],
        *,
        now: int,
    ) -> Declared:
        """Register the clients that stand in the settings; forget those that did and do no more.

        ``merge`` makes of what is registered and what is declared what is to be registered;
        ``noted`` is the entry for what was done about a ``client_id``. All, or nothing.
        """
        return await self._engine.write(
            lambda: declaring.declare_clients(declared, merge, noted, now)
        )

    async def use_jti(self, client_id: str, jti_hash: str, *, expires_at: int) -> bool:
        """Use up what a client has signed: True once, False ever after. Atomic.

        It is remembered until ``expires_at``, when it is good no longer anyway.
        """
        return await self._engine.write(lambda: used_jtis.use_jti(client_id, jti_hash, expires_at))

    async def add_pushed_request(self, reference_hash: str, pushed: PushedRequest) -> None:
        """Keep what a client has pushed."""
        await self._engine.write(lambda: pushed_requests.add_pushed_request(reference_hash, pushed))

    async def find_pushed_request(
        self, reference_hash: str, *, client_id: str, now: int
    ) -> PushedRequest | None:
        """Return what this client has pushed, while it waits for its answer, or None."""
        return await self._engine.read(
            lambda: pushed_requests.find_pushed_request(reference_hash, client_id, now)
        )

    async def answer_pushed_request(self, visit: Visit) -> bool:
        """Count an answer that leaves nothing else behind; False if another visit had its own."""
        return await self._engine.write(lambda: pushed_requests.answer_pushed_request(visit))
