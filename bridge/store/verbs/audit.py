"""The audit trail: written with what it tells of wherever that is stored, else on its own."""

from typing import Any

from bridge.store import auditing
from bridge.store.audit_entry import AuditEntry
from bridge.store.auditing import AuditQuery
from bridge.store.verbs.engine_held import EngineHeld


class AuditVerbs(EngineHeld):
    async def note(self, entry: AuditEntry) -> None:
        """Write down what leaves nothing else behind; an entry that is there stays as it is."""
        await self._engine.write(lambda: auditing.note(entry))

    async def audit_trail(self, asked: AuditQuery) -> list[dict[str, Any]] | None:
        """Return entries as rows by the names of their columns, newest first.

        None where there is no entry ``after`` which they are asked for.
        """
        return await self._engine.read(lambda: auditing.trail(asked))
