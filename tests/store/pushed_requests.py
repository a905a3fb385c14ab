"""Pushed requests: found by their client while they wait, and answered to one visit."""

from contextlib import suppress

import pytest

from bridge.store import AlreadyAnswered, Engine, NewIssue, PushedRequest, Store, Visit
from tests.store.examples import (
    HOUR,
    MINUTE,
    NOW,
    add_code,
    client,
    code_for,
    grant_for,
    look,
    new,
    sign_in,
    together,
)

PUSHED = PushedRequest("rp", {"state": "“引号” 🙂 \\ \"'; --", "scope": "openid"}, NOW + MINUTE)


async def waiting(
    store: Store, reference_hash: str, *, client_id: str = "rp", at: int = NOW
) -> bool:
    found = await store.find_pushed_request(reference_hash, client_id=client_id, now=at)
    return found is not None


async def answer(store: Store, sid: str, visit: Visit) -> bool:
    return await store.issue(sid, NewIssue(grant=grant_for(sid), now=NOW, visit=visit))


class PushedRequestsConformance:
    async def test_a_pushed_request_is_found_as_it_was_pushed(self, store: Store) -> None:
        await store.add_pushed_request("hash", PUSHED)
        assert await store.find_pushed_request("hash", client_id="rp", now=NOW) == PUSHED

    async def test_it_is_found_by_its_hash_and_its_client_and_until_it_expires(
        self, store: Store
    ) -> None:
        await store.add_pushed_request("hash", PUSHED)
        assert await waiting(store, "hash", at=NOW + MINUTE - 1)
        assert not await waiting(store, "hash", at=NOW + MINUTE)
        assert not await waiting(store, "hash", client_id="other")
        for guess in ("", "%", "HASH", "has"):
            assert not await waiting(store, guess)

    async def test_it_waits_until_it_is_answered(self, store: Store) -> None:
        await store.add_pushed_request("hash", PUSHED)
        await store.add_pushed_request("another", PUSHED)
        await sign_in(store)
        assert await waiting(store, "hash")
        await sign_in(store, visit=Visit("hash", "first"))
        assert not await waiting(store, "hash")
        assert await waiting(store, "another")

    async def test_the_visit_that_was_answered_may_be_answered_again(self, store: Store) -> None:
        """A second delivery of WeChat's code, a reload: whatever is expired by then."""
        await store.add_pushed_request("hash", PUSHED)
        visit = Visit("hash", "first")
        arrived = await sign_in(store, delivery_hash="sent", visit=visit)
        again = await sign_in(store, delivery_hash="sent", visit=visit)
        assert again.session == arrived.session
        assert await answer(store, arrived.session.sid, visit)
        assert await store.answer_pushed_request(visit)

    async def test_another_visit_is_not_answered_and_nobody_is_signed_in_by_it(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_pushed_request("hash", PUSHED)
        arrived = await sign_in(store, visit=Visit("hash", "first"))
        second = Visit("hash", "second")
        with pytest.raises(AlreadyAnswered):
            await sign_in(store, visit=second, wechat_state="second")
        with pytest.raises(AlreadyAnswered):
            await answer(store, arrived.session.sid, second)
        assert not await store.answer_pushed_request(second)
        assert not (await store.delivered("second", "no delivery")).is_answered
        for table in ("sessions", "grants", "codes"):
            assert len(await look(engine, f"SELECT * FROM {table}")) == 1  # noqa: S608 - ours

    async def test_an_error_is_an_answer(self, store: Store) -> None:
        await store.add_pushed_request("hash", PUSHED)
        assert await store.answer_pushed_request(Visit("hash", "first"))
        assert not await waiting(store, "hash")
        with pytest.raises(AlreadyAnswered):
            await sign_in(store, visit=Visit("hash", "second"))

    async def test_what_was_never_pushed_is_not_answered(self, store: Store) -> None:
        assert not await store.answer_pushed_request(Visit("unknown", "first"))
        with pytest.raises(AlreadyAnswered):
            await sign_in(store, visit=Visit("unknown", "first"))

    async def test_of_many_visits_at_once_one_is_answered(self, store: Store) -> None:
        await store.add_pushed_request("hash", PUSHED)
        session = (await sign_in(store)).session
        answered: list[bool] = []

        async def visit() -> None:
            with suppress(AlreadyAnswered):
                answered.append(await answer(store, session.sid, Visit("hash", new("visit"))))

        await together(20, visit)
        assert answered == [True]

    async def test_it_goes_with_its_client(self, store: Store) -> None:
        await store.add_client(client(), now=NOW)
        await store.add_pushed_request("hash", PUSHED)
        await store.remove_client("other")
        assert await waiting(store, "hash")
        await store.remove_client("rp")
        assert not await waiting(store, "hash")

    async def test_it_is_forgotten_once_no_sign_in_can_be_under_way_with_it(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_pushed_request("hash", PUSHED)
        await store.forget_expired(now=NOW + MINUTE + HOUR - 1)
        assert await store.answer_pushed_request(Visit("hash", "first"))
        await store.forget_expired(now=NOW + MINUTE + HOUR)
        assert await look(engine, "SELECT * FROM pushed_requests") == []

    async def test_a_code_that_was_not_asked_for_by_a_push_needs_none(self, store: Store) -> None:
        session = (await sign_in(store)).session
        assert await add_code(store, new("code"), code_for(session.sid))
