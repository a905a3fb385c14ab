"""What concerns the whole installation."""

from collections.abc import Mapping

from bridge.store import clients
from bridge.store.describing import POSTGRESQL_VERSION, SQLITE_VERSION, Described, describe
from bridge.store.migrating import migrate, schema_version
from bridge.store.values import WeChatMark
from bridge.store.verbs.engine_held import EngineHeld


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

    async def describe(self, *, is_postgresql: bool) -> Described:
        """Return what the database is."""
        version = POSTGRESQL_VERSION if is_postgresql else SQLITE_VERSION
        return await self._engine.read(lambda: describe(version))

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
