"""Accounts that are kept out, made one, or erased: all that they had ends with them."""

from itertools import count
from typing import Any

import pytest

from bridge.oidc.consent import Permission
from bridge.store import AccountState, AuditEvent, Ended, Engine, Store, Unmergeable
from tests.store.examples import (
    NOW,
    Arrived,
    add_code,
    client,
    code_for,
    grant_of,
    issue_of,
    known_account,
    look,
    new,
    new_account,
    offline,
    person,
    retired,
    sign_in,
    signed_in_token,
    spend,
    steps,
    together,
)

LATER = NOW + 10


async def disable(store: Store, arrived: Arrived) -> Ended | None:
    account_id = arrived.account.account_id
    return await store.disable_account(account_id, audit_id=new("audit"), now=LATER)


async def merge(store: Store, one: Arrived, into: Arrived) -> Ended:
    return await store.merge_accounts(
        one.account.account_id, into.account.account_id, audit_id=new("audit"), now=LATER
    )


async def erase(store: Store, arrived: Arrived) -> Ended | None:
    account_id = arrived.account.account_id
    return await store.erase_account(
        account_id, retired_as=retired, audit_id=new("audit"), now=LATER
    )


async def noted(engine: Engine) -> list[tuple[Any, ...]]:
    """(event, account_id, other_account_id) but for sign-ins, in the order they were noted."""
    query = "SELECT event, account_id, other_account_id FROM audit ORDER BY at, audit_id"
    rows = await look(engine, query)
    return [row for row in rows if row[0] != AuditEvent.SIGN_IN_COMPLETED]


async def sids_of(store: Store, arrived: Arrived, *, live: bool = False) -> set[str]:
    dossier = await store.dossier(arrived.account.account_id)
    assert dossier is not None
    return {row["sid"] for row in dossier.sessions if not live or row["ended_at"] is None}


class EndingsConformance:
    async def test_all_that_a_disabled_person_has_ends_at_once(self, store: Store) -> None:
        await store.add_client(client(), now=NOW)
        unspent = await sign_in(store)
        _, token = await signed_in_token(store)
        with_refresh, refresh_token = await offline(store)
        elsewhere, anothers_token = await signed_in_token(store, identity=person("o-2", "u-2"))

        ended = await disable(store, unspent)

        assert ended is not None
        assert (ended.sessions, ended.grants) == (3, 3)
        assert {told.session.sid for told in ended.logged_in} == await sids_of(store, unspent)
        assert {told.client.client_id for told in ended.logged_in} == {"rp"}
        assert await grant_of(store, token) is None
        assert await store.find_refresh_token(refresh_token) is None
        assert await spend(store, unspent.code_hash) is None
        assert not await add_code(store, new("code"), code_for(unspent.session.sid))
        assert not await store.issue(
            with_refresh.session.sid,
            issue_of(new("code"), code_for(with_refresh.session.sid)),
            Permission(("openid",), ()),
        )
        for arrived in (unspent, with_refresh):
            assert await store.find_delivery(arrived.arrival.delivery_hash) is None
            assert await store.find_sign_in(arrived.arrival.wechat_state) is None
        assert await grant_of(store, anothers_token) is not None
        assert await store.find_delivery(elsewhere.arrival.delivery_hash) is not None

    async def test_what_a_session_that_had_ended_gave_ends_too(
        self, store: Store, engine: Engine
    ) -> None:
        arrived, token = await signed_in_token(store)
        # As no verb leaves it
        end = "UPDATE sessions SET ended_at = 1 WHERE sid = $1"
        await engine.write(lambda: steps(end, values=(arrived.session.sid,)))
        ended = await disable(store, arrived)
        assert ended == Ended(sessions=0, grants=1, logged_in=())
        assert await grant_of(store, token) is None

    async def test_a_disabled_person_does_not_sign_in_by_any_of_their_ids(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store)
        await disable(store, first)
        before = await look(engine, "SELECT kind, value FROM identities")
        for identity in (
            person(nickname="new"),
            person(unionid="u-new"),
            person("o-phone", "u-zhang", appid="wx-phone"),
        ):
            again = await sign_in(store, identity)
            assert again.signed_in.session is None
            assert again.signed_in.is_disabled
            assert again.signed_in.audit_event is None
            assert await store.find_code(again.code_hash) is None
        assert await look(engine, "SELECT kind, value FROM identities") == before
        [(nickname,)] = await look(engine, "SELECT nickname FROM accounts")
        assert nickname is None

    async def test_who_is_enabled_again_is_who_they_were(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store)
        account_id = first.account.account_id
        assert not await store.enable_account(account_id, audit_id="never", now=NOW)
        await disable(store, first)
        assert await disable(store, first) is None
        assert await store.enable_account(account_id, audit_id=new("audit"), now=LATER + 1)
        again = await sign_in(store)
        assert again.account == first.account
        assert await store.find_delivery(first.arrival.delivery_hash) is None
        assert [event for event, *_ in await noted(engine)] == [
            AuditEvent.ACCOUNT_DISABLED,
            AuditEvent.ACCOUNT_ENABLED,
        ]

    async def test_a_stranger_cannot_be_disabled(self, store: Store, engine: Engine) -> None:
        assert await store.disable_account("nobody", audit_id="never", now=NOW) is None
        assert not await store.enable_account("nobody", audit_id="never", now=NOW)
        assert await noted(engine) == []

    async def test_disabling_while_they_sign_in_leaves_no_session(self, store: Store) -> None:
        first = await sign_in(store)
        numbers = count(1)

        async def arrive() -> None:
            if next(numbers) == 5:
                await disable(store, first)
            await sign_in(store)

        await together(10, arrive)
        assert await sids_of(store, first, live=True) == set()

    async def test_whoever_comes_by_the_ids_of_a_merged_account_is_the_survivor(
        self, store: Store, engine: Engine
    ) -> None:
        survivor = await sign_in(store, person("o-web", "u-1"))
        former = await sign_in(store, person("o-phone", None, appid="wx-phone"))
        _, token = await signed_in_token(store, identity=person("o-phone", None, appid="wx-phone"))

        ended = await merge(store, former, survivor)

        assert (ended.sessions, ended.grants) == (2, 2)
        assert await grant_of(store, token) is None
        assert await store.find_delivery(survivor.arrival.delivery_hash) == survivor.session
        for identity in (
            person("o-phone", None, appid="wx-phone"),
            person("o-phone", "u-1", appid="wx-phone"),
            person("o-web", "u-1"),
        ):
            again = await sign_in(store, identity)
            assert again.account == survivor.account
            assert again.signed_in.audit_event is None
        assert await noted(engine) == [
            (
                AuditEvent.ACCOUNT_MERGED,
                survivor.account.account_id,
                former.account.account_id,
            )
        ]

    async def test_the_subject_of_a_merged_account_is_nobodys(self, store: Store) -> None:
        survivor = await sign_in(store)
        former = await sign_in(store, person("o-2", "u-2"), if_new=new_account(subject="spent"))
        with pytest.raises(Unmergeable):
            await merge(store, former, survivor)
        former = await sign_in(
            store, person("o-2", "u-3", appid="wx-2"), if_new=new_account(subject="spent-too")
        )
        await merge(store, former, survivor)
        newcomer = await sign_in(
            store, person("o-9", "u-9"), if_new=new_account(subject="spent-too")
        )
        assert newcomer.signed_in.audit_event is AuditEvent.SUBJECT_TAKEN
        assert await store.change_claims("spent-too", dict, now=LATER) is None

    async def test_two_people_of_one_application_are_never_made_one(
        self, store: Store, engine: Engine
    ) -> None:
        one = await sign_in(store, person("o-1", "u-1"))
        other = await sign_in(store, person("o-2", "u-2"))
        with pytest.raises(Unmergeable, match="each has an openid of wx-web"):
            await merge(store, one, other)
        assert (await sign_in(store, person("o-1", "u-1"))).account == one.account
        assert await store.find_delivery(one.arrival.delivery_hash) is not None
        assert await noted(engine) == []

    async def test_who_is_kept_out_is_not_let_in_by_a_merge(self, store: Store) -> None:
        one = await sign_in(store)
        other = await sign_in(store, person("o-2", "u-2", appid="wx-2"))
        await disable(store, one)
        for pair in ((one, other), (other, one)):
            with pytest.raises(Unmergeable, match="is disabled"):
                await merge(store, *pair)
        with pytest.raises(Unmergeable, match="two accounts"):
            await merge(store, other, other)
        with pytest.raises(Unmergeable, match="two accounts"):
            await store.merge_accounts(
                "nobody", other.account.account_id, audit_id="never", now=NOW
            )

    async def test_a_merge_frees_the_address_and_keeps_what_would_undo_it(
        self, store: Store
    ) -> None:
        survivor = await sign_in(store)
        former = await sign_in(store, person("o-2", "u-2", appid="wx-2", nickname="二"))
        await store.change_claims(
            former.account.subject, lambda _: {"email": "z@example.org"}, now=NOW
        )
        await merge(store, former, survivor)
        changed = await store.change_claims(
            survivor.account.subject, lambda _: {"email": "z@example.org"}, now=LATER
        )
        assert changed is not None
        dossier = await store.dossier(survivor.account.account_id)
        assert dossier is not None
        [merged] = dossier.merged
        assert (merged.account.subject, merged.account.nickname) == (former.account.subject, "二")
        assert merged.account.claims == {"email": "z@example.org"}
        assert merged.state is AccountState.MERGED
        came = {row["value"]: row["merged_from"] for row in dossier.identities}
        former_id = former.account.account_id
        assert came == {"o-zhang": None, "u-zhang": None, "o-2": former_id, "u-2": former_id}

    async def test_a_consent_is_not_carried_over(self, store: Store) -> None:
        survivor = await sign_in(store)
        former = await sign_in(store, person("o-2", "u-2", appid="wx-2"))
        await store.issue(
            former.session.sid,
            issue_of(new("code"), code_for(former.session.sid)),
            Permission(("openid",), ()),
        )
        await merge(store, former, survivor)
        assert await store.find_consent(survivor.account.account_id, "rp") is None
        assert await store.find_consent(former.account.account_id, "rp") is None

    async def test_nothing_of_an_erased_person_is_kept(self, store: Store, engine: Engine) -> None:
        await store.add_client(client(), now=NOW)
        zhang = person("o-secret", "u-secret", nickname="secret", picture="https://secret/")
        arrived, _ = await signed_in_token(
            store, identity=zhang, if_new=new_account(subject="u-secret", handle="wx-secret")
        )
        await store.change_claims("u-secret", lambda _: {"email": "secret@example.org"}, now=NOW)
        await store.issue(
            arrived.session.sid,
            issue_of(new("code"), code_for(arrived.session.sid)),
            Permission(("openid",), ()),
        )
        former = await sign_in(
            store,
            person("o-secret-2", "u-secret-2", appid="wx-2", nickname="secret"),
            if_new=new_account(subject="u-secret-2"),
        )
        await merge(store, former, arrived)

        ended = await erase(store, arrived)

        assert ended is not None
        assert [told.session.sid for told in ended.logged_in] == [arrived.session.sid]
        for table in ("accounts", "identities", "sessions", "codes", "grants", "tokens"):
            left = await look(engine, f"SELECT * FROM {table}")  # noqa: S608
            assert "secret" not in str(left)
            assert len(left) == (2 if table == "accounts" else 0)
        assert await look(engine, "SELECT * FROM consents") == []
        assert "secret" not in str(await look(engine, "SELECT * FROM audit"))

    async def test_who_was_erased_is_a_stranger_and_their_subject_is_nobodys(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store, if_new=new_account(subject="u-zhang"))
        await erase(store, arrived)
        assert await known_account(store, person()) is None
        assert await store.find_account(person(), retired("u-zhang")) == (None, True)
        assert await store.find_account(person(), retired("u-other")) == (None, False)
        same = await sign_in(store, if_new=new_account(subject="u-zhang"))
        assert same.signed_in.audit_event is AuditEvent.SUBJECT_TAKEN
        back = await sign_in(store, if_new=new_account(subject="another"))
        assert back.account.account_id != arrived.account.account_id
        assert back.account.subject == "another"

    async def test_who_is_merged_or_erased_cannot_be_erased_again(
        self, store: Store, engine: Engine
    ) -> None:
        survivor = await sign_in(store)
        former = await sign_in(store, person("o-2", "u-2", appid="wx-2"))
        await merge(store, former, survivor)
        assert await erase(store, former) is None
        assert await erase(store, survivor) is not None
        assert await erase(store, survivor) is None
        assert await disable(store, survivor) is None
        assert [event for event, *_ in await noted(engine)] == [
            AuditEvent.ACCOUNT_MERGED,
            AuditEvent.ACCOUNT_ERASED,
        ]

    async def test_a_conflict_names_both_accounts_and_the_merge_ends_it(
        self, store: Store, engine: Engine
    ) -> None:
        one = await sign_in(store, person("o-1", None))
        other = await sign_in(store, person("o-2", "u-2", appid="wx-2"))
        crossed = await sign_in(store, person("o-1", "u-2"), at=NOW + 1)
        assert crossed.signed_in.audit_event is AuditEvent.IDENTITY_CONFLICT
        assert await noted(engine) == [
            (
                AuditEvent.IDENTITY_CONFLICT,
                one.account.account_id,
                other.account.account_id,
            )
        ]
        for arrived in (one, other):
            dossier = await store.dossier(arrived.account.account_id)
            assert dossier is not None
            [row] = [row for row in dossier.audit if row["event"] == "identity.conflict"]
            assert row["detail"] == {"appid": "wx-web", "platform_account": "main"}
        await merge(store, other, one)
        settled = await sign_in(store, person("o-1", "u-2"), at=LATER + 1)
        assert settled.account == one.account
        assert settled.signed_in.audit_event is None
