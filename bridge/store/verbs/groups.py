"""Groups: who is in which, also of those who have not signed in yet."""

from bridge.store import groups
from bridge.store.groups import Assignment, Member, Membership
from bridge.store.verbs.engine_held import EngineHeld


class GroupVerbs(EngineHeld):
    async def join_group(self, asked: Assignment) -> Membership:
        """Put somebody into a group, from their next token on; raise Unassignable."""
        return await self._engine.write(
            lambda: groups.join(asked), lock=groups.WHILE_SOMEBODY_IS_PUT
        )

    async def leave_group(self, asked: Assignment) -> Membership:
        """Take somebody out of a group; raise Unassignable."""
        return await self._engine.write(lambda: groups.leave(asked))

    async def awaited_groups(
        self, openid: str, unionid: str | None, subject: str
    ) -> tuple[str, ...]:
        """Return the groups in which somebody is awaited by one of these ids."""
        return await self._engine.read(lambda: groups.awaited_groups((openid, unionid, subject)))

    async def groups(self) -> dict[str, int]:
        """Return how many people are in each group."""
        return await self._engine.read(groups.list_groups)

    async def group_members(self, group: str) -> list[Member]:
        return await self._engine.read(lambda: groups.members(group))
