"""What is forgotten: all that nobody can use, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count, pairwise

import pytest

from bridge.store import REMEMBERED, Engine, Store
from bridge.store.engine import Steps
from bridge.store.forgetting import BATCH
from tests.store.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    client,
    grant_of,
    look,
    person,
    sign_in,
    signed_in_token,
    sizes,
    spend,
)
from tests.store.traffic import Traffic

EXPIRING = {
    *("sessions", "codes", "grants", "tokens", "logged_in_clients"),
    *("audit", "pushed_requests", "used_jtis", "received_pushes"),
}


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

    async def test_all_that_expires_is_gone_in_the_end(self, store: Store, engine: Engine) -> None:
        traffic = Traffic(store, times=1)
        await traffic.begin(NOW)
        await traffic.hour(NOW)
        before = await sizes(engine)
        assert {name for name in EXPIRING if not before[name]} == set()
        assert await store.forget_expired(now=NOW + 1_000 * DAY, audit_before=NOW + DAY)
        after = await sizes(engine)
        assert {name for name in EXPIRING if after[name]} == set()
        assert after == before | dict.fromkeys(EXPIRING, 0)

    @pytest.mark.parametrize(
        ("times", "interval"),
        [(1, HOUR), pytest.param(24, 5 * MINUTE, marks=pytest.mark.every_variant)],
    )
    async def test_days_of_traffic_leave_the_tables_as_large_as_they_were(
        self, store: Store, engine: Engine, times: int, interval: int
    ) -> None:
        """A session is remembered for two days; from then on each hour is like the one before."""
        traffic = Traffic(store, times)
        await traffic.begin(NOW)
        seen: list[dict[str, int]] = []
        for hour in range(72):
            now = NOW + hour * HOUR
            await traffic.hour(now)
            for later in range(now, now + HOUR, interval):
                await store.forget_expired(now=later, audit_before=later - 12 * HOUR)
            if hour >= 50:
                seen.append(await sizes(engine))
        assert seen == [seen[0]] * 22
        assert seen[0]["sessions"] <= 50 * 4 * times
        assert seen[0]["audit"] <= 14 * 6 * times

    async def test_no_transaction_removes_more_than_a_batch(
        self, store: Store, engine: Engine
    ) -> None:
        """Nor looks at more; and what is kept does not hide what comes after it."""
        await _fill(engine, BATCH + BATCH // 2, kept=BATCH * 2)
        left = [await sizes(engine)]

        async def go_on() -> bool:
            left.append(await sizes(engine))
            return True

        removed = await store.forget_expired(now=NOW + 3 * DAY, go_on=go_on)
        steps_ = [
            {name: before[name] - after[name] for name in before}
            for before, after in pairwise(left)
        ]
        for name in ("tokens", "codes", "grants", "sessions"):
            assert max(step[name] for step in steps_) == BATCH
        assert removed == 4 * (BATCH + BATCH // 2)
        assert {name: left[-1][name] for name in ("codes", "grants", "sessions")} == {
            "codes": BATCH * 2,
            "grants": BATCH * 2,
            "sessions": BATCH * 2,
        }

    async def test_sign_ins_come_between_two_batches(self, store: Store, engine: Engine) -> None:
        await _fill(engine, BATCH * 3)
        signed_in: list[str] = []

        async def go_on() -> bool:
            arrived = await sign_in(store, at=NOW + 3 * DAY)
            signed_in.append(arrived.session.sid)
            return True

        await store.forget_expired(now=NOW + 3 * DAY, go_on=go_on)
        rows = await look(engine, "SELECT sid FROM sessions")
        assert {sid for (sid,) in rows} == set(signed_in)
        assert len(signed_in) >= 3 * 4

    async def test_the_rest_is_left_where_it_is_told_to_stop(
        self, store: Store, engine: Engine
    ) -> None:
        await _fill(engine, BATCH * 2)
        assert await store.forget_expired(now=NOW + 3 * DAY, go_on=_stopping_after(2)) == (
            2 * BATCH
        )
        assert (await sizes(engine))["tokens"] == 0
        assert (await sizes(engine))["codes"] == 2 * BATCH
        assert await store.forget_expired(now=NOW + 3 * DAY) == 6 * BATCH

    async def test_two_who_keep_house_at_once_do_no_harm(
        self, store: Store, engine: Engine
    ) -> None:
        await _fill(engine, BATCH * 2, kept=3)
        removed = await asyncio.gather(*(store.forget_expired(now=NOW + 3 * DAY) for _ in range(2)))
        assert sum(removed) == 8 * BATCH
        assert (await sizes(engine))["grants"] == 3


def _stopping_after(batches: int) -> Callable[[], Awaitable[bool]]:
    numbers = count(1)

    async def go_on() -> bool:
        return next(numbers) < batches

    return go_on


ACCOUNT = """
    INSERT INTO accounts (account_id, subject, handle, created_at, updated_at)
    VALUES ('account', 'subject', 'handle', 0, 0)
"""
SESSION = """
    INSERT INTO sessions (sid, wechat_state, delivery_hash, account_id, auth_time, amr, appid,
        openid, expires_at)
    VALUES ($1, $1, $1, 'account', $2, '', 'wx', 'o', $2)
"""
GRANT = """
    INSERT INTO grants (grant_id, client_id, sid, scope, created_at)
    VALUES ($1, 'rp', $1, 'openid', $2)
"""
CODE = """
    INSERT INTO codes (code_hash, grant_id, client_id, sid, request, expires_at)
    VALUES ($1, $1, 'rp', $1, '{}', $2)
"""
TOKEN = """
    INSERT INTO tokens (token_hash, grant_id, kind, expires_at) VALUES ($1, $1, 'refresh', $2)
"""


async def _fill(engine: Engine, expired: int, *, kept: int = 0) -> None:
    """So many sign-ins, in one transaction; of those that are kept a refresh token is good."""

    def fill() -> Steps[None]:
        yield ACCOUNT, ()
        for number in range(kept + expired):
            for statement in (SESSION, GRANT, CODE):
                yield statement, (f"{number:05}", NOW + number // 10)
            until = NOW + 100 * DAY if number < kept else NOW
            yield TOKEN, (f"{number:05}", until)

    await engine.write(fill)
