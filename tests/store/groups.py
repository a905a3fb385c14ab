"""Groups: who is in which, and what becomes of that when people come, are merged or go."""

import anyio
import pytest

from bridge.store import Assignment, Engine, Membership, Store, Unassignable
from tests.store.examples import (
    NOW,
    Arrived,
    audited,
    known_account,
    look,
    new,
    new_account,
    person,
    retired,
    sign_in,
    signed_in_token,
    together,
)


def assignment(person_id: str, group: str = "staff") -> Assignment:
    return Assignment(
        group=group,
        person_id=person_id,
        retired_as=retired(person_id),
        audit_id=new("audit"),
        now=NOW,
    )


async def join(store: Store, person_id: str, group: str = "staff") -> Membership:
    return await store.join_group(assignment(person_id, group))


async def leave(store: Store, person_id: str, group: str = "staff") -> Membership:
    return await store.leave_group(assignment(person_id, group))


async def groups_of(store: Store, arrived: Arrived) -> tuple[str, ...]:
    dossier = await store.dossier(arrived.account.account_id)
    assert dossier is not None
    return dossier.known.account.groups


class GroupsConformance:
    async def test_who_is_known_is_in_a_group_at_once(self, store: Store, engine: Engine) -> None:
        arrived, token = await signed_in_token(store)
        joined = await join(store, "u-zhang")
        assert joined.known is not None
        assert (joined.known.account.account_id, joined.is_changed) == (
            arrived.account.account_id,
            True,
        )
        await join(store, arrived.account.subject, "admins")
        granted = await store.find_access_grant(token, now=NOW)
        assert granted is not None
        assert granted.session.account.groups == ("admins", "staff")
        assert not (await join(store, "o-zhang")).is_changed
        assert await store.groups() == {"admins": 1, "staff": 1}

        assert (await leave(store, arrived.account.handle)).is_changed
        assert not (await leave(store, arrived.account.handle)).is_changed
        assert await groups_of(store, arrived) == ("admins",)
        account_id = arrived.account.account_id
        assert await audited(engine) == [
            ("group.joined", account_id, None),
            ("group.joined", account_id, None),
            ("group.left", account_id, None),
        ]

    @pytest.mark.parametrize("id_", ["o-zhang", "u-zhang", "s-zhang"])
    async def test_who_is_awaited_is_in_their_group_once_they_sign_in(
        self, store: Store, engine: Engine, id_: str
    ) -> None:
        joined = await join(store, id_)
        assert joined == Membership(None, is_changed=True)
        assert not (await join(store, id_)).is_changed
        assert await store.awaited_groups("o-zhang", "u-zhang", "s-zhang") == ("staff",)
        [member] = await store.group_members("staff")
        assert (member.person_id, member.known) == (id_, None)

        arrived = await sign_in(store, if_new=new_account(subject="s-zhang"))

        assert arrived.account.groups == ("staff",)
        assert await store.awaited_groups("o-zhang", "u-zhang", "s-zhang") == ()
        [member] = await store.group_members("staff")
        assert member.known is not None
        assert await store.groups() == {"staff": 1}
        assert (await leave(store, "u-zhang")).is_changed
        assert await groups_of(store, arrived) == ()
        assert id_ not in str(await look(engine, "SELECT * FROM audit"))

    async def test_who_is_awaited_by_two_ids_is_one_person(self, store: Store) -> None:
        for id_ in ("o-zhang", "u-zhang"):
            await join(store, id_)
        await join(store, "o-zhang", "admins")
        assert await store.groups() == {"admins": 1, "staff": 2}
        arrived = await sign_in(store)
        assert arrived.account.groups == ("admins", "staff")
        assert await store.groups() == {"admins": 1, "staff": 1}
        assert len(await store.group_members("staff")) == 1
        assert (await leave(store, arrived.account.account_id)).is_changed
        assert await groups_of(store, arrived) == ("admins",)

    async def test_who_is_known_is_awaited_by_an_id_that_is_new(self, store: Store) -> None:
        """The application was bound to the platform account later."""
        await sign_in(store, person("o-zhang", None))
        await join(store, "u-zhang")
        arrived = await sign_in(store, person("o-zhang", "u-zhang"))
        assert arrived.account.groups == ("staff",)

    async def test_a_stranger_is_not_in_the_group_of_whom_they_share_an_id_with(
        self, store: Store
    ) -> None:
        owner = await sign_in(store, person("o-1", "u-shared"))
        other = await sign_in(store, person("o-2", "u-2"))
        await join(store, "u-shared")
        crossed = await sign_in(store, person("o-2", "u-shared"))
        assert crossed.account.account_id == other.account.account_id
        assert crossed.account.groups == ()
        assert await groups_of(store, owner) == ("staff",)

    async def test_who_is_awaited_may_be_taken_out_again(self, store: Store) -> None:
        await join(store, "u-zhang")
        assert await leave(store, "u-zhang") == Membership(None, is_changed=True)
        assert (await sign_in(store)).account.groups == ()
        assert await store.groups() == {}

    async def test_a_merge_gives_the_survivor_all_groups(self, store: Store) -> None:
        one = await sign_in(store, person("o-1", "u-1"))
        other = await sign_in(store, person("o-2", "u-2", appid="wx-other"))
        await join(store, "u-1", "admins")
        await join(store, "u-1")
        await join(store, "u-2")
        await store.merge_accounts(
            other.account.account_id, one.account.account_id, audit_id=new("audit"), now=NOW
        )
        assert await groups_of(store, one) == ("admins", "staff")
        assert await groups_of(store, other) == ()
        assert await store.groups() == {"admins": 1, "staff": 1}
        assert (await leave(store, "u-2")).is_changed
        assert await groups_of(store, one) == ("admins",)
        with pytest.raises(Unassignable, match="merged into"):
            await join(store, other.account.subject)

    async def test_of_who_is_erased_no_group_knows(self, store: Store, engine: Engine) -> None:
        await join(store, "u-zhang")
        arrived = await sign_in(store, if_new=new_account(subject="s-zhang"))
        await store.erase_account(
            arrived.account.account_id, retired_as=retired, audit_id=new("audit"), now=NOW
        )
        assert await look(engine, "SELECT * FROM group_members") == []
        assert await groups_of(store, arrived) == ()
        with pytest.raises(Unassignable, match="erased"):
            await join(store, "s-zhang")
        assert (await sign_in(store)).account.groups == ()

    async def test_an_id_of_several_people_is_nobodys(self, store: Store) -> None:
        await sign_in(store, person("o-same", "u-1"))
        await sign_in(store, person("o-same", "u-2", appid="wx-other"))
        with pytest.raises(Unassignable, match="names several accounts"):
            await join(store, "o-same")
        assert await store.groups() == {}

    async def test_who_joins_several_groups_at_once_is_in_all(self, store: Store) -> None:
        arrived = await sign_in(store)
        names = iter(f"g{number}" for number in range(6))

        async def act() -> None:
            await join(store, "u-zhang", next(names))

        await together(6, act)
        assert await groups_of(store, arrived) == tuple(f"g{number}" for number in range(6))

    async def test_who_comes_while_they_are_put_into_a_group_is_in_it(self, store: Store) -> None:
        """Whichever of the two is first."""
        for number in range(6):
            somebody = person(f"o-{number}", f"u-{number}")
            async with anyio.create_task_group() as both:
                both.start_soon(sign_in, store, somebody)
                both.start_soon(join, store, f"u-{number}")
            account = await known_account(store, somebody)
            assert account is not None
            assert account.groups == ("staff",)
