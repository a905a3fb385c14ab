"""The audit trail: what is written with what it tells of, asked for, and forgotten."""

from typing import Any

import pytest

from bridge.store import (
    AuditEntry,
    AuditEvent,
    AuditQuery,
    Engine,
    Store,
    Visitor,
    audit_id_of,
    newcomer_id,
)
from tests.store.examples import (
    DAY,
    HOUR,
    NOW,
    add_code,
    client,
    code_for,
    issue_of,
    new,
    person,
    retired,
    sign_in,
    sizes,
    together,
)

HOME = Visitor("203.0.113.7", "Chrome on Windows")

EVER = 2**62


def entry(event: AuditEvent = AuditEvent.CLIENT_ADDED, **members: Any) -> AuditEntry:
    known: dict[str, Any] = {"audit_id": new("audit"), "at": NOW, "event": event}
    return AuditEntry(**known | members)


async def trail(store: Store, **asked: Any) -> list[dict[str, Any]]:
    known: dict[str, Any] = {"since": 0, "until": EVER, "limit": 100}
    found = await store.audit_trail(AuditQuery(**known | asked))
    assert found is not None
    return found


async def events(store: Store, **asked: Any) -> list[str]:
    return [row["event"] for row in await trail(store, **asked)]


class AuditConformance:
    async def test_a_sign_in_is_written_down_with_who_where_and_from_where(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store, visitor=HOME)
        [row] = await trail(store)
        assert row == {
            "audit_id": arrived.arrival.audit_id,
            "at": NOW,
            "event": "sign_in.completed",
            "account_id": arrived.account.account_id,
            "client_id": "rp",
            "other_account_id": None,
            "detail": {"appid": "wx-web"},
            "address": "203.0.113.7",
            "browser": "Chrome on Windows",
            "reason": None,
        }

    async def test_a_second_delivery_of_the_same_code_is_no_second_sign_in(
        self, store: Store
    ) -> None:
        await sign_in(store, delivery_hash="sent")
        await sign_in(store, delivery_hash="sent")
        assert await events(store) == ["sign_in.completed"]

    async def test_what_is_refused_is_written_once_for_each_delivery(self, store: Store) -> None:
        arrived = await sign_in(store)
        account_id = arrived.account.account_id
        await store.disable_account(account_id, audit_id=new("audit"), now=NOW + 1)
        for _ in range(3):
            await sign_in(store, at=NOW + 2, delivery_hash="sent", visitor=HOME)
        await sign_in(store, at=NOW + 3, delivery_hash="sent again")
        refused = await trail(store, event="sign_in.refused")
        assert [(row["at"], row["reason"]) for row in refused] == [
            (NOW + 3, "disabled"),
            (NOW + 2, "disabled"),
        ]
        assert refused[1]["address"] == HOME.address

    async def test_an_entry_that_is_there_stays_as_it_is(self, store: Store) -> None:
        named = audit_id_of(AuditEvent.SESSION_USED, "sid", "rp", 1)
        assert named != audit_id_of(AuditEvent.SESSION_USED, "sid", "rp", 2)

        async def write() -> None:
            await store.note(entry(AuditEvent.SESSION_USED, audit_id=named, reason="first"))

        await write()
        await together(4, write)
        await store.note(entry(AuditEvent.SESSION_USED, audit_id=named, reason="second"))
        assert [row["reason"] for row in await trail(store)] == ["first"]

    async def test_what_is_not_done_is_not_written(self, store: Store) -> None:
        added, noted = client(), entry(client_id="rp")
        assert await store.add_client(added, now=NOW, entry=noted)
        assert not await store.add_client(added, now=NOW, entry=entry(client_id="rp"))
        removed = entry(AuditEvent.CLIENT_REMOVED, client_id="nobody")
        assert not await store.remove_client("nobody", entry=removed)
        changed = entry(AuditEvent.CLIENT_CHANGED, client_id="nobody")
        assert await store.change_client("nobody", lambda known: known, entry=changed) is None
        ended = entry(AuditEvent.SESSION_ENDED)
        assert await store.end_session("nobody", now=NOW, entry=ended) is None
        code = code_for("nobody")
        used = entry(AuditEvent.SESSION_USED)
        assert not await store.issue("nobody", issue_of(new("code"), code), entry=used)
        assert [row["audit_id"] for row in await trail(store)] == [noted.audit_id]

    async def test_a_change_that_is_refused_leaves_no_entry(self, store: Store) -> None:
        await store.add_client(client(), now=NOW)

        def refuse(_known: object) -> Any:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            await store.change_client(
                "rp", refuse, entry=entry(AuditEvent.CLIENT_CHANGED, client_id="rp")
            )
        assert await trail(store) == []

    async def test_it_is_read_page_by_page_newest_first(self, store: Store) -> None:
        """Also where many entries are of one second."""
        written = [entry(at=NOW + number // 4, audit_id=f"{number:02}") for number in range(10)]
        for each in written:
            await store.note(each)
        page = await trail(store, limit=3)
        seen = [row["audit_id"] for row in page]
        while page:
            page = await trail(store, limit=3, after=seen[-1])
            seen += [row["audit_id"] for row in page]
        assert seen == [each.audit_id for each in reversed(written)]
        nowhere = AuditQuery(since=0, until=EVER, limit=3, after="nowhere")
        assert await store.audit_trail(nowhere) is None

    async def test_it_is_asked_by_time_client_and_event(self, store: Store) -> None:
        await store.note(entry(at=NOW, client_id="a_b"))
        await store.note(entry(at=NOW + 1, client_id="axb"))
        await store.note(entry(AuditEvent.CLIENT_CHANGED, at=NOW + 2, client_id="a_b"))
        await store.note(entry(AuditEvent.CLIENT_CHANGED_ITSELF, at=NOW + 3, client_id="a_b"))
        await store.note(entry(AuditEvent.KEYS_ROTATED, at=NOW + 4))
        times = [row["at"] - NOW for row in await trail(store, client_id="a_b")]
        assert times == [3, 2, 0]
        assert await events(store, event="client.changed") == ["client.changed"]
        assert len(await events(store, event="client")) == 4
        assert await events(store, event="clien") == []
        between = await trail(store, since=NOW + 1, until=NOW + 3)
        assert [row["at"] - NOW for row in between] == [3, 2, 1]

    async def test_a_persons_entries_are_those_that_name_their_account(self, store: Store) -> None:
        one = await sign_in(store, person("o-1", "u-1"))
        other = await sign_in(store, person("o-2", "u-2", appid="wx-other"))
        before = newcomer_id(retired(one.account.subject))
        await store.note(entry(AuditEvent.SIGN_IN_REFUSED, at=NOW - 1, account_id=before))
        await store.merge_accounts(
            other.account.account_id, one.account.account_id, audit_id=new("audit"), now=NOW + 1
        )
        ids = (one.account.account_id, before)
        assert await events(store, account_ids=ids) == [
            "account.merged",
            "sign_in.completed",
            "sign_in.refused",
        ]
        ids = (other.account.account_id, newcomer_id(retired(other.account.subject)))
        assert await events(store, account_ids=ids) == ["account.merged", "sign_in.completed"]
        dossier = await store.dossier(
            one.account.account_id, retired_as=retired(one.account.subject)
        )
        assert dossier is not None
        assert [row["event"] for row in dossier.audit] == [
            "sign_in.refused",
            "sign_in.completed",
            "account.merged",
        ]

    async def test_of_who_is_erased_nobody_knows_from_where_they_came(self, store: Store) -> None:
        arrived = await sign_in(store, visitor=HOME)
        account_id, subject = arrived.account.account_id, arrived.account.subject
        before = newcomer_id(retired(subject))
        refused = entry(AuditEvent.SIGN_IN_REFUSED, at=NOW - 1, account_id=before, visitor=HOME)
        await store.note(refused)
        other = await sign_in(store, person("o-2", "u-2"), visitor=HOME)
        await store.erase_account(
            account_id, retired_as=retired, audit_id=new("audit"), now=NOW + 1
        )
        rows = await trail(store, account_ids=(account_id, before))
        assert [row["event"] for row in rows] == [
            "account.erased",
            "sign_in.completed",
            "sign_in.refused",
        ]
        assert {(row["address"], row["browser"]) for row in rows} == {(None, None)}
        [kept] = await trail(store, account_ids=(other.account.account_id, "nobody"))
        assert kept["address"] == HOME.address

    async def test_what_is_old_is_forgotten_where_the_operator_wants_it(
        self, store: Store, engine: Engine
    ) -> None:
        for day in range(3):
            await store.note(entry(at=NOW + day * DAY))
        await store.forget_expired(now=NOW + 900 * DAY)
        assert (await sizes(engine))["audit"] == 3
        await store.forget_expired(now=NOW, audit_before=NOW + DAY)
        assert [row["at"] for row in await trail(store)] == [NOW + 2 * DAY]

    async def test_what_answers_from_a_session_is_written_with_the_answer(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store)
        sid = arrived.session.sid
        used = entry(AuditEvent.SESSION_USED, at=NOW + HOUR, client_id="other", visitor=HOME)
        assert await store.issue(sid, issue_of(new("code"), code_for(sid)), entry=used)
        assert await add_code(store, new("code"), code_for(sid))
        assert await events(store) == ["session.used", "sign_in.completed"]
