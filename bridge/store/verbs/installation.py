"""What concerns the whole installation."""

from collections.abc import Mapping

from bridge.store import auditing, clients, grants, pushed_requests, pushes, used_jtis
from bridge.store.migrating import migrate, schema_version
from bridge.store.values import WeChatMark
from bridge.store.verbs.engine_held import EngineHeld

# Redeemed codes are remembered as long as a token that they gave could live (the longest access
# token that the settings allow, or the grant's refresh tokens), so that a replay is known for what
# it is.
REMEMBERED = 86_400

# Pushed requests are remembered as long as a sign-in that began with one may take.
UNDER_WAY = 3_600


class InstallationVerbs(EngineHeld):
    async def migrate(self) -> int:
        """Bring the schema to the newest version, once, whoever else starts; return it."""
        return await self._engine.alter(migrate)

    async def schema_version(self) -> int:
        """Return the version that the database has: the least that one which answers can tell."""
        return await self._engine.read(schema_version)

    def connections(self) -> Mapping[str, int]:
        """Return how many connections to a database server there are in each state."""
        return self._engine.connections()

    async def close(self) -> None:
        await self._engine.close()

    async def decide(self, name: str, value: str) -> str:
        """Decide something for ever: return the value of whoever was first."""
        return await self._engine.write(lambda: clients.decide(name, value))

    async def decided(self, name: str) -> str | None:
        """Return what was decided; None where nothing is."""
        return await self._engine.read(lambda: clients.decided(name))

    async def decide_again(self, name: str, *, former: str, value: str) -> bool:
        """Replace what was decided; False if it is no longer ``former``."""
        return await self._engine.write(lambda: clients.decide_again(name, former, value))

    async def mark_wechat(self, wanted: WeChatMark, *, override: bool = False) -> str:
        """Mark whose people the accounts are, WeChat's or a simulation's; return what they are.

        The mark changes freely while there is no account, later only by ``override``.
        """
        return await self._engine.write(
            lambda: clients.mark_wechat(wanted=wanted, override=override)
        )

    async def wechat_mark(self) -> str | None:
        """Return whose people the accounts are, as ``mark_wechat``; None while there is none."""
        return await self._engine.read(clients.wechat_mark)

    async def forget_expired(self, *, now: int, audit_before: int | None = None) -> None:
        """Remove what nobody can use any more, and of the audit trail what is that old."""
        if audit_before is not None:
            await self._engine.write(lambda: auditing.forget_audit(audit_before))
        await self._engine.write(lambda: grants.forget_expired(now - REMEMBERED))
        await self._engine.write(lambda: pushed_requests.forget_pushed_requests(now - UNDER_WAY))
        await self._engine.write(lambda: used_jtis.forget_jtis(now))
        await self._engine.write(lambda: pushes.forget_pushes(now))
