"""Who somebody is: architecture, section 4."""

import random
from dataclasses import replace

import pytest

from bridge.oidc.client import Client
from bridge.store import AuditEvent, ClientChanged, Delivered, Engine, SignedIn, Store
from bridge.wechat.identity import WeChatIdentity
from tests.store.examples import (
    DAY,
    NOW,
    Arrived,
    add_code,
    audited,
    client,
    code_for,
    known_account,
    look,
    new,
    new_account,
    person,
    sign_in,
    sizes,
    together,
)

Key = tuple[str, str, str]


async def links(engine: Engine) -> dict[Key, str]:
    """(kind, realm, value) of each identity, and the account that it belongs to."""
    rows = await look(engine, "SELECT kind, realm, value, account_id FROM identities")
    return {(kind, realm, value): account_id for kind, realm, value, account_id in rows}


class PeopleConformance:
    violation: type[Exception]

    async def test_whoever_is_new_becomes_an_account_and_a_session(
        self, store: Store, engine: Engine
    ) -> None:
        zhang = person(nickname="张伟", picture="https://thirdwx.qlogo.cn/1")
        if_new = new_account(subject="u-zhang")
        arrived = await sign_in(store, zhang, if_new=if_new)

        account, session = arrived.account, arrived.session
        assert (account.account_id, account.subject, account.handle) == (
            *(if_new.account_id, "u-zhang", if_new.handle),
        )
        assert (account.nickname, account.picture) == ("张伟", "https://thirdwx.qlogo.cn/1")
        assert account.updated_at == NOW
        assert (session.sid, session.auth_time) == (arrived.arrival.sid, NOW)
        assert session.amr == ("wechat", "qr")
        assert (session.appid, session.openid, session.unionid) == ("wx-web", "o-zhang", "u-zhang")
        assert arrived.signed_in.audit_event is None
        assert await links(engine) == {
            ("openid", "wx-web", "o-zhang"): account.account_id,
            ("unionid", "main", "u-zhang"): account.account_id,
        }

    async def test_when_somebody_has_last_signed_in_is_written_down(self, store: Store) -> None:
        for at in (NOW, NOW + 1):
            account = (await sign_in(store, at=at)).account
            [known] = await store.find_accounts(account.subject, retired_as="nobody")
            assert known.account == account
            assert known.signed_in_at == at

    async def test_whoever_has_no_unionid_is_known_by_openid(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store, person(unionid=None))
        again = await sign_in(store, person(unionid=None))
        assert again.account == first.account
        assert again.session.unionid is None
        assert list(await links(engine)) == [("openid", "wx-web", "o-zhang")]

    async def test_a_second_sign_in_is_another_session_of_the_same_account(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store)
        second = await sign_in(store, at=NOW + DAY)
        assert second.account == first.account
        assert second.session.sid != first.session.sid
        assert second.session.auth_time == NOW + DAY
        counted = await sizes(engine)
        assert (counted["accounts"], counted["identities"], counted["sessions"]) == (1, 2, 2)

    async def test_of_many_first_sign_ins_of_one_person_together_one_makes_the_account(
        self, store: Store, engine: Engine
    ) -> None:
        """As on two browsers at once; all of them would give the same subject."""
        arrived: list[Arrived] = []

        async def arrive() -> None:
            arrived.append(await sign_in(store, if_new=new_account(subject="u-zhang")))

        await together(20, arrive)
        assert len({each.account for each in arrived}) == 1
        assert [each.signed_in.audit_event for each in arrived] == [None] * 20
        counted = await sizes(engine)
        assert (counted["accounts"], counted["identities"], counted["sessions"]) == (1, 2, 20)

    async def test_a_unionid_that_comes_late_is_linked_to_the_openids_account(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store, person(unionid=None))
        later = await sign_in(store, person(unionid="u-zhang"))
        assert later.account == first.account
        assert later.session.unionid == "u-zhang"
        assert (await links(engine))["unionid", "main", "u-zhang"] == first.account.account_id
        elsewhere = await sign_in(store, person("o-2", "u-zhang", appid="wx-other"))
        assert elsewhere.account == first.account

    async def test_a_unionid_that_changes_is_linked_and_the_subject_stays(
        self, store: Store, engine: Engine
    ) -> None:
        """The app was moved to another platform account; openid is unchanged."""
        first = await sign_in(store, person(unionid="u-old"))
        moved = await sign_in(store, person(unionid="u-new"))
        renamed = await sign_in(store, person(unionid="u-new", platform_account="other"))
        assert first.account == moved.account == renamed.account
        assert set(await links(engine)) == {
            ("openid", "wx-web", "o-zhang"),
            ("unionid", "main", "u-old"),
            ("unionid", "main", "u-new"),
            ("unionid", "other", "u-new"),
        }

    async def test_an_openid_of_another_application_is_linked_to_the_unionids_account(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store)
        other = await sign_in(store, person("o-phone", appid="wx-phone"))
        assert other.account == first.account
        assert other.session.appid == "wx-phone"
        key = ("openid", "wx-phone", "o-phone")
        assert (await links(engine))[key] == first.account.account_id
        without = await sign_in(store, person("o-phone", None, appid="wx-phone"))
        assert without.account == first.account

    async def test_a_unionid_that_strangers_share_signs_nobody_in(
        self, store: Store, engine: Engine
    ) -> None:
        """Its account has another openid of this appid already."""
        first = await sign_in(store, person("o-1", "u-shared", nickname="first"))
        before, linked = await sizes(engine), await links(engine)
        shared = person("o-2", "u-shared", nickname="second")

        second = await sign_in(store, shared)

        assert second.signed_in.session is None
        assert second.signed_in.audit_event is AuditEvent.IDENTITY_SHARED
        assert second.signed_in.about == (first.account.account_id,)
        assert await sizes(engine) == before | {"audit": before["audit"] + 1}
        assert await links(engine) == linked
        assert await audited(engine) == [("identity.shared", first.account.account_id, "rp")]
        assert await store.find_code(second.code_hash) is None
        assert await store.find_delivery(second.arrival.delivery_hash) is None
        known = await known_account(store, person("o-1", "u-shared"))
        assert known == first.account

    async def test_a_stranger_is_not_told_whose_account_the_shared_unionid_is(
        self, store: Store
    ) -> None:
        await sign_in(store, person("o-1", "u-shared"))
        assert await known_account(store, person("o-2", "u-shared")) is None

    async def test_where_both_ids_are_known_and_differ_the_openids_account_wins(
        self, store: Store, engine: Engine
    ) -> None:
        one = await sign_in(store, person("o-1", "u-1", nickname="one"))
        two = await sign_in(store, person("o-2", "u-2", nickname="two"))
        linked = await links(engine)

        crossed = await sign_in(store, person("o-1", "u-2"))

        assert crossed.account == one.account
        assert crossed.signed_in.audit_event is AuditEvent.IDENTITY_CONFLICT
        assert crossed.signed_in.about == (one.account.account_id, two.account.account_id)
        assert await links(engine) == linked
        assert await audited(engine) == [("identity.conflict", one.account.account_id, "rp")]
        assert await store.find_code(crossed.code_hash) is not None
        assert (await sign_in(store, person("o-2", "u-2"))).account == two.account

    async def test_the_same_openid_of_two_applications_is_two_people(self, store: Store) -> None:
        one = await sign_in(store, person("o-same", None, appid="wx-1"))
        two = await sign_in(store, person("o-same", None, appid="wx-2"))
        assert one.account.account_id != two.account.account_id

    async def test_the_same_unionid_of_two_platform_accounts_is_two_people(
        self, store: Store
    ) -> None:
        one = await sign_in(store, person("o-1", "u-same", platform_account="one"))
        two = await sign_in(store, person("o-2", "u-same", platform_account="two"))
        assert one.account.account_id != two.account.account_id

    async def test_an_openid_is_never_taken_for_a_unionid(self, store: Store) -> None:
        one = await sign_in(store, person("same", None, appid="realm", platform_account="realm"))
        two = await sign_in(store, person("o-2", "same", appid="realm", platform_account="realm"))
        assert one.account.account_id != two.account.account_id

    async def test_a_subject_is_never_given_twice(self, store: Store, engine: Engine) -> None:
        """The same unionid under a platform account's new name, by an application that is new."""
        first = await sign_in(store, if_new=new_account(subject="u-zhang"))
        before = await sizes(engine)
        renamed = person("o-2", appid="wx-new", platform_account="renamed")

        second = await sign_in(store, renamed, if_new=new_account(subject="u-zhang"))

        assert second.signed_in.session is None
        assert second.signed_in.audit_event is AuditEvent.SUBJECT_TAKEN
        assert await sizes(engine) == before | {"audit": before["audit"] + 1}
        expected = ("identity.subject_taken", first.account.account_id, "rp")
        assert await audited(engine) == [expected]
        assert await known_account(store, renamed) is None

    async def test_the_subject_and_handle_are_pinned_at_the_first_sign_in(
        self, store: Store
    ) -> None:
        first = await sign_in(store)
        again = await sign_in(store, if_new=new_account(subject="other", handle="other"))
        assert (again.account.subject, again.account.handle) == (
            *(first.account.subject, first.account.handle),
        )

    async def test_the_profile_is_taken_over_and_dated(self, store: Store) -> None:
        await sign_in(store, person(nickname="old", picture="https://thirdwx.qlogo.cn/old"))
        told = person(nickname="new", picture="https://thirdwx.qlogo.cn/new")
        later = await sign_in(store, told, at=NOW + DAY)
        assert (later.account.nickname, later.account.picture) == (told.nickname, told.picture)
        assert later.account.updated_at == NOW + DAY
        assert await known_account(store, told) == later.account

    async def test_what_wechat_does_not_tell_is_kept(self, store: Store) -> None:
        first = await sign_in(store, person(nickname="old", picture="https://thirdwx.qlogo.cn/1"))
        silent = await sign_in(store, person(), at=NOW + DAY)
        assert silent.account == first.account

    async def test_what_a_person_has_no_longer_is_removed(self, store: Store) -> None:
        await sign_in(store, person(nickname="old", picture="https://thirdwx.qlogo.cn/1"))
        half = await sign_in(store, person(nickname="new"), at=NOW + DAY)
        assert (half.account.nickname, half.account.picture) == ("new", None)
        nothing = await sign_in(store, person(is_profile_told=True), at=NOW + 2 * DAY)
        assert (nothing.account.nickname, nothing.account.picture) == (None, None)
        assert nothing.account.updated_at == NOW + 2 * DAY

    async def test_updated_at_changes_with_the_profile_only(self, store: Store) -> None:
        await sign_in(store, person(nickname="same", unionid=None))
        linked = await sign_in(store, person(nickname="same", unionid="u-late"), at=NOW + DAY)
        assert linked.account.updated_at == NOW
        changed = await sign_in(store, person(nickname="other"), at=NOW + 2 * DAY)
        assert changed.account.updated_at == NOW + 2 * DAY

    async def test_whoever_is_unknown_has_no_account(self, store: Store) -> None:
        await sign_in(store, person("o-1", "u-1"))
        assert await known_account(store, person("o-2", "u-2")) is None
        assert await known_account(store, person("o-2", None)) is None

    async def test_a_pending_request_is_answered_by_one_person(self, store: Store) -> None:
        """Another of WeChat's codes for the same request signs nobody in, and leaves nothing."""
        first = await sign_in(store, wechat_state="asked", delivery_hash="one")
        assert first.session.account == first.account
        assert (await store.delivered("asked", "no delivery")).is_answered
        assert not (await store.delivered("not yet", "no delivery")).is_answered
        second = await sign_in(store, wechat_state="asked", delivery_hash="two")
        assert second.signed_in == SignedIn(None)
        assert await store.find_delivery("two") is None

    async def test_nobody_is_signed_in_to_a_client_that_has_changed(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_client(client("rp"), now=NOW)
        before, seen = await sizes(engine), list[Client | None]()

        def changed(found: Client | None) -> bool:
            seen.append(found)
            return False

        arrival = replace((await sign_in(store)).arrival, wechat_state="other", delivery_hash="two")
        after_one = await sizes(engine)
        for client_id in ("rp", "unknown"):
            with pytest.raises(ClientChanged):
                await store.sign_in(
                    replace(arrival, client_id=client_id), None, is_as_judged=changed
                )
        assert seen == [client("rp"), None]
        assert before != after_one == await sizes(engine)

    async def test_a_delivery_finds_the_client_that_asks(self, store: Store) -> None:
        await store.add_client(client("rp"), now=NOW)
        arrived = await sign_in(store, wechat_state="asked", delivery_hash="one")
        assert await store.delivered("asked", "one", "rp") == Delivered(
            session=arrived.session, is_answered=True, client=client("rp")
        )
        nothing = Delivered(session=None, is_answered=False, client=None)
        assert await store.delivered("not yet", "two", "rp") == replace(
            nothing, client=client("rp")
        )
        assert await store.delivered("not yet", "two", "unknown") == nothing
        assert await store.delivered("not yet", "two") == nothing

    async def test_a_second_delivery_finds_the_first_session_and_gets_a_code_of_its_own(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store, delivery_hash="delivered")
        assert await store.find_delivery("delivered") == first.session
        assert await store.find_delivery("not yet") is None

        second = await sign_in(store, delivery_hash="delivered")

        assert second.signed_in.session == first.session
        assert second.signed_in.audit_event is None
        assert second.code_hash != first.code_hash
        stored = await store.find_code(second.code_hash)
        assert stored is not None
        assert stored.session == first.session
        assert stored.code == replace(
            second.code, grant=replace(second.code.grant, sid=first.session.sid)
        )
        counted = await sizes(engine)
        assert (counted["sessions"], counted["codes"]) == (1, 2)

    async def test_of_many_deliveries_together_one_makes_the_session(
        self, store: Store, engine: Engine
    ) -> None:
        arrived: list[Arrived] = []

        async def arrive() -> None:
            arrived.append(await sign_in(store, delivery_hash="delivered"))

        await together(20, arrive)
        assert len({each.session.sid for each in arrived}) == 1
        counted = await sizes(engine)
        assert (counted["sessions"], counted["codes"]) == (1, 20)

    async def test_a_sign_in_that_fails_at_its_end_leaves_nothing_behind(
        self, store: Store, engine: Engine
    ) -> None:
        known = await sign_in(store, person("o-1", "u-1", nickname="old"))
        before, linked = await sizes(engine), await links(engine)
        # Found out by one of the last statements that write
        taken = {"grant_id": known.code.grant.grant_id}
        for somebody in (
            person("o-new", "u-new"),
            person("o-1", "u-late", nickname="new"),
        ):
            with pytest.raises(self.violation):
                await sign_in(store, somebody, code=taken)
        assert await sizes(engine) == before
        assert await links(engine) == linked
        assert await known_account(store, person("o-1")) == known.account

    async def test_a_code_needs_a_session_that_exists(self, store: Store, engine: Engine) -> None:
        await sign_in(store)
        assert not await add_code(store, new("code"), code_for("no such session"))
        assert (await sizes(engine))["codes"] == 1

    @pytest.mark.parametrize("seed", range(4))
    async def test_any_history_of_sign_ins_goes_by_the_rules(
        self, store: Store, engine: Engine, seed: int
    ) -> None:
        """The rules once more, over two applications, two platform accounts, a few people."""
        chance = random.Random(seed)  # noqa: S311 - a history, not a secret
        owners: dict[Key, str] = {}
        subjects: dict[str, str] = {}
        for _ in range(60):
            somebody = WeChatIdentity(
                appid=chance.choice(("wx-1", "wx-2")),
                platform_account=chance.choice(("main", "other")),
                openid=chance.choice(("o-1", "o-2", "o-3")),
                unionid=chance.choice((None, "u-1", "u-2", "u-3")),
            )
            expected, event = expectation(owners, somebody)
            found = await known_account(store, somebody)
            arrived = await sign_in(store, somebody)
            assert arrived.signed_in.audit_event is event, somebody
            if event is AuditEvent.IDENTITY_SHARED:
                assert arrived.signed_in.session is None
                assert found is None
                continue
            account_id = expected or arrived.arrival.if_new.account_id
            assert arrived.account.account_id == account_id, somebody
            assert (found.account_id if found else None) == expected, somebody
            assert subjects.setdefault(account_id, arrived.account.subject) == (
                arrived.account.subject
            )
            for key in keys_of(somebody):
                owners.setdefault(key, account_id)
        assert await links(engine) == owners


def keys_of(somebody: WeChatIdentity) -> list[Key]:
    keys = [("openid", somebody.appid, somebody.openid)]
    if somebody.unionid is not None:
        keys.append(("unionid", somebody.platform_account, somebody.unionid))
    return keys


def expectation(
    owners: dict[Key, str], somebody: WeChatIdentity
) -> tuple[str | None, AuditEvent | None]:
    """The account that the rules lead to, None if it is new, and what the operator is told."""
    by_openid, *rest = (owners.get(key) for key in keys_of(somebody))
    by_unionid = rest[0] if rest else None
    if by_openid is not None:
        conflict = by_unionid is not None and by_unionid != by_openid
        return by_openid, AuditEvent.IDENTITY_CONFLICT if conflict else None
    has_one_already = any(
        kind == "openid" and realm == somebody.appid and owner == by_unionid
        for (kind, realm, _), owner in owners.items()
    )
    return by_unionid, AuditEvent.IDENTITY_SHARED if has_one_already else None
