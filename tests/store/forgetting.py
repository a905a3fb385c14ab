"""What is forgotten: all that nobody can use, and nothing else."""

from bridge.store import REMEMBERED, Engine, Store
from tests.store.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    client,
    grant_of,
    person,
    sign_in,
    signed_in_token,
    sizes,
    spend,
)


class ForgettingConformance:
    async def test_a_replay_is_known_as_long_as_what_the_code_gave_could_live(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store)
        token = await spend(store, arrived.code_hash, at=NOW + MINUTE - 1, lifetime=DAY)
        assert token is not None

        last = NOW + MINUTE - 1 + DAY - 1
        await store.forget_expired(now=last)
        assert await grant_of(store, token, at=last) is not None
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        assert stored.is_redeemed
        await store.revoke_grant(stored.code.grant.grant_id, now=last)
        assert await grant_of(store, token, at=last) is None

        await store.forget_expired(now=NOW + MINUTE + REMEMBERED)
        assert await store.find_code(arrived.code_hash) is None

    async def test_what_can_be_used_is_kept(self, store: Store, engine: Engine) -> None:
        await store.add_client(client(), now=NOW)
        unspent = await sign_in(store)
        arrived, token = await signed_in_token(store)
        before = await sizes(engine)
        await store.forget_expired(now=NOW)
        await store.forget_expired(now=NOW + HOUR - 1)
        assert await sizes(engine) == before
        assert await grant_of(store, token, at=NOW + HOUR - 1) is not None
        assert await store.find_delivery(arrived.arrival.delivery_hash) == arrived.session
        assert await spend(store, unspent.code_hash) is not None

    async def test_a_session_that_a_live_token_needs_stays(
        self, store: Store, engine: Engine
    ) -> None:
        """Whatever the lifetimes are: a token never outlives what it tells about."""
        arrived = await sign_in(store, session_expires_at=NOW + MINUTE)
        token = await spend(store, arrived.code_hash, lifetime=10 * DAY)
        assert token is not None
        await store.forget_expired(now=NOW + 9 * DAY)
        assert (await sizes(engine))["codes"] == 0
        grant = await grant_of(store, token, at=NOW + 9 * DAY)
        assert grant is not None
        assert grant.session == arrived.session

        await store.forget_expired(now=NOW + 10 * DAY + REMEMBERED)
        left = await sizes(engine)
        assert (left["sessions"], left["grants"], left["tokens"]) == (0, 0, 0)

    async def test_a_session_that_a_live_code_needs_stays(self, store: Store) -> None:
        arrived = await sign_in(store, session_expires_at=NOW, code={"expires_at": NOW + 10 * DAY})
        await store.forget_expired(now=NOW + 9 * DAY)
        assert await spend(store, arrived.code_hash, at=NOW + 9 * DAY) is not None

    async def test_people_and_clients_are_never_forgotten(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_client(client(), now=NOW)
        arrived, _ = await signed_in_token(store, identity=person("o-1", "u-shared"))
        await sign_in(store, person("o-2", "u-shared"))
        await store.decide("subject_key", "value")
        before = await sizes(engine)
        await store.forget_expired(now=NOW + 1_000 * DAY)
        nothing = dict.fromkeys(("sessions", "codes", "grants", "tokens", "logged_in_clients"), 0)
        assert await sizes(engine) == before | nothing
        again = await sign_in(store, person("o-1", "u-shared"), at=NOW + 1_000 * DAY)
        assert again.account == arrived.account

    async def test_the_tables_are_as_large_after_a_month_as_after_three_days(
        self, store: Store, engine: Engine
    ) -> None:
        """A few people sign in every day; some codes are spent, some not, some replayed."""
        people = [person(f"o-{number}", f"u-{number}") for number in range(4)]
        seen: list[dict[str, int]] = []
        for day in range(30):
            today = NOW + day * DAY
            for number, somebody in enumerate(people):
                arrived = await sign_in(store, somebody, at=today)
                if number:
                    await spend(store, arrived.code_hash, at=today)
                if number == 1:
                    await store.revoke_grant(arrived.code.grant.grant_id, now=today)
            await store.forget_expired(now=today + HOUR, audit_before=today - 3 * DAY)
            seen.append(await sizes(engine))
        assert seen[3:] == [seen[3]] * 27
        assert seen[3]["sessions"] < 4 * 4

    async def test_to_forget_twice_is_to_forget_once(self, store: Store, engine: Engine) -> None:
        await signed_in_token(store)
        await store.forget_expired(now=NOW + 3 * DAY)
        left = await sizes(engine)
        await store.forget_expired(now=NOW + 3 * DAY)
        await store.forget_expired(now=NOW)  # a clock that was set back
        assert await sizes(engine) == left
