"""PostgreSQL that goes, comes back, hesitates, or has others between: what a verb makes of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from bridge.store import Unmergeable, UnusableDatabase, groups, merging, sign_ins
from bridge.store.engine import Steps, T
from bridge.store.postgres import PoolLimits
from tests.postgres import Cluster
from tests.relay import relayed
from tests.store.examples import (
    NOW,
    code_for,
    issue_of,
    known_account,
    look,
    new,
    new_account,
    person,
    sign_in,
    steps,
    together,
)
from tests.store.groups import assignment
from tests.store.on_postgres import opened, told, unusable

pytestmark = pytest.mark.anyio

IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


async def test_connections_that_are_gone_are_not_noticed(migrated_url: str) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        await together(3, lambda: told(store))
        for _ in range(3):
            relay.drop()
            assert await store.client("rp") is None
            relay.drop()
            assert await store.decide("word", "value") == "value"


async def test_a_server_that_has_taken_its_leave_is_not_asked_on_that_connection(
    migrated_url: str,
) -> None:
    """There is a moment between its last words and the end of the connection."""
    words = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0"
    leave = b"E" + (len(words) + 4).to_bytes(4, "big") + words
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        for ask in (told(store), store.decide("word", "value")):
            await told(store)
            relay.say(leave)
            await asyncio.sleep(0.05)
            await ask


@pytest.mark.parametrize("words", [b"BEGIN", b"ON CONFLICT DO NOTHING", b"SELECT value"])
async def test_what_is_cut_before_it_is_committed_is_done_again(
    migrated_url: str, words: bytes
) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        relay.cut_after(words)
        assert await store.decide("word", "value") == "value"
        assert relay.has_cut
        assert relay.connections == 2


async def test_what_is_cut_while_it_is_committed_is_done_once_and_not_claimed(
    migrated_url: str,
) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        add = "INSERT INTO used_jtis (client_id, jti_hash, expires_at) VALUES ('rp', 'a', 1)"
        relay.cut_after(b"COMMIT")
        with pytest.raises(UnusableDatabase, match="was made or was not"):
            await store.engine.write(lambda: steps(add))
        assert await look(store.engine, "SELECT jti_hash FROM used_jtis") == [("a",)]


async def test_a_database_that_is_away_is_told_at_once_and_found_again(migrated_url: str) -> None:
    moment = 0.0
    async with (
        relayed(migrated_url) as (url, relay),
        opened(url, clock=lambda: moment) as store,
    ):
        await told(store)
        await relay.cut()
        refused = await asyncio.gather(*(unusable(store) for _ in range(100)))
        assert set(refused) == {"it cannot be reached (Connection refused)"}
        await relay.restore()
        moment += 1
        await told(store)
        assert await store.decide("word", "value") == "value"


async def test_a_database_that_is_silent_holds_up_nobody_for_long(migrated_url: str) -> None:
    async with relayed(migrated_url) as (url, relay), opened(url) as store:
        await together(3, lambda: told(store))
        relay.silence()
        refused = await asyncio.gather(*(unusable(store) for _ in range(50)))
        assert "it does not answer in time" in refused
        relay.drop()
        assert await unusable(store) == "it does not answer in time"
        relay.drop()
        await relay.restore()
        for _ in range(40):
            try:
                await told(store)
            except UnusableDatabase:
                await asyncio.sleep(0.05)
            else:
                return
        pytest.fail("it was never found again")


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(migrated_url: str) -> None:
    limits = PoolLimits(connections=1, timeout=1)
    async with opened(migrated_url, limits) as store:
        engine = store.engine
        half = "INSERT INTO installation (name, value) VALUES ('half', 'done')"
        slow = "SELECT pg_sleep(30)"
        for act in (
            engine.read(lambda: steps("SELECT 1 AS one", slow)),
            engine.write(lambda: steps(half, slow)),
        ):
            with pytest.raises(UnusableDatabase, match="took longer than database_timeout"):
                await act
        (pid,), *_ = await look(engine, "SELECT pg_backend_pid() AS pid")
        assert await store.decide("half", "whole") == "whole"
        assert await look(engine, "SELECT pg_backend_pid() AS pid") == [(pid,)]


async def test_a_change_of_the_schema_takes_as_long_as_it_takes(migrated_url: str) -> None:
    async with opened(migrated_url) as store:
        slow = "SELECT pg_sleep(1.7)"
        await store.engine.alter(lambda: steps("CREATE TABLE later (name TEXT)", slow))
        assert await look(store.engine, "SELECT name FROM later") == []


async def test_who_is_cancelled_leaves_no_transaction_behind(
    migrated_url: str, postgres: Cluster
) -> None:
    limits = PoolLimits(connections=2, timeout=5)
    add = "INSERT INTO installation (name, value) VALUES ('half', 'done')"
    async with opened(migrated_url, limits) as store:
        slow = "SELECT pg_sleep(0.3)"
        writing = asyncio.create_task(store.engine.write(lambda: steps(add, slow)))
        reading = asyncio.create_task(store.engine.read(lambda: steps(slow, slow)))
        await asyncio.sleep(0.15)
        for under_way in (writing, reading):
            under_way.cancel()
            with pytest.raises(asyncio.CancelledError):
                await under_way
        assert await store.decide("half", "whole") == "whole"
        name = migrated_url.rpartition("/")[2]
        connection = await asyncpg.connect(postgres.url(name))
        assert await connection.fetchval(IN_TRANSACTION) == 0
        await connection.close()


async def test_a_crowd_waits_for_its_turn(migrated_url: str) -> None:
    limits = PoolLimits(connections=1, timeout=30)
    async with opened(migrated_url, limits) as store:
        await told(store)
        slow = (store.engine.read(lambda: steps("SELECT pg_sleep(0.1)")) for _ in range(4))
        await asyncio.gather(*slow, *(told(store) for _ in range(50)))


async def test_who_finds_all_connections_in_use_for_long_is_told(migrated_url: str) -> None:
    limits = PoolLimits(connections=1, timeout=1)
    async with opened(migrated_url, limits) as store:
        await told(store)
        long = asyncio.create_task(store.engine.alter(lambda: steps("SELECT pg_sleep(2)")))
        await asyncio.sleep(0.1)
        assert await unusable(store) == "all its connections are in use: see database_pool"
        await long
        await told(store)  # nobody took the crowd for an absence


async def test_who_waits_for_a_turn_is_told_at_once_when_the_database_goes(
    migrated_url: str,
) -> None:
    limits = PoolLimits(connections=1, timeout=30)
    async with relayed(migrated_url) as (url, relay), opened(url, limits) as store:
        long = asyncio.create_task(store.engine.write(lambda: steps("SELECT pg_sleep(30)")))
        waiting = [asyncio.create_task(unusable(store)) for _ in range(20)]
        while store.connections()["in_use"] == 0:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
        await relay.cut()
        refused = await asyncio.gather(*waiting)
        assert set(refused) == {"it cannot be reached (Connection refused)"}
        with pytest.raises(UnusableDatabase):
            await long


async def test_one_looks_whether_the_database_is_back_and_the_others_do_not_wait(
    migrated_url: str,
) -> None:
    moment = 0.0
    async with (
        relayed(migrated_url) as (url, relay),
        opened(url, PoolLimits(connections=10, timeout=1), clock=lambda: moment) as store,
    ):
        await relay.cut()
        await unusable(store)
        await relay.restore()
        relay.silence()
        moment += 1
        before = relay.connections
        refused = await asyncio.gather(*(unusable(store) for _ in range(20)))
        assert relay.connections == before + 1
        assert set(refused) == {
            "it does not answer in time",
            "it cannot be reached (Connection refused)",
        }


async def test_a_statement_prepared_before_a_change_of_the_schema_is_prepared_anew(
    migrated_url: str,
) -> None:
    async with opened(migrated_url) as store, opened(migrated_url) as another:
        arrived = await sign_in(store)
        identity = arrived.arrival.identity
        await known_account(store, identity)
        await another.engine.alter(lambda: steps("ALTER TABLE accounts ADD COLUMN later TEXT"))
        assert await known_account(store, identity) == arrived.account
        assert (await sign_in(store)).account.account_id == arrived.account.account_id


async def test_a_reading_verb_sees_one_moment(migrated_url: str) -> None:
    def twice() -> Steps[tuple[int, int]]:
        count = "SELECT count(*) AS counted FROM installation"
        before = yield count, ()
        yield "SELECT pg_sleep(0.4)", ()
        after = yield count, ()
        return before[0]["counted"], after[0]["counted"]

    async with opened(migrated_url) as store:
        reading = asyncio.create_task(store.engine.read(twice))
        await asyncio.sleep(0.2)
        await store.decide("meanwhile", "written")
        before, after = await reading
        assert before == after


async def test_pauses_between_tries_grow_and_are_a_matter_of_chance(migrated_url: str) -> None:
    """Two that are always in each other's way, and give up after some time."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def conflicting() -> Steps[None]:
        yield "SELECT 1 AS one", ()
        yield (
            "DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END $$",
            (),
        )

    def half(size: int) -> bytes:
        return b"\x80" + bytes(size - 1)

    async with opened(migrated_url, sleep=sleep, random_bytes=half) as store:
        with pytest.raises(UnusableDatabase, match="too many change the same at once"):
            await store.engine.write(conflicting)
        assert slept[:3] == [0.001, 0.002, 0.004]
        assert len(slept) == 30
        assert max(slept) == 0.05
        await told(store)


async def test_behind_a_pooler_nothing_is_kept_from_one_transaction_to_the_next(
    migrated_url: str,
) -> None:
    limits = PoolLimits(connections=1, timeout=1, statement_cache_size=0)
    async with opened(migrated_url, limits) as store:
        await sign_in(store)
        prepared = "SELECT count(*) AS counted FROM pg_prepared_statements"
        assert await look(store.engine, prepared) == [(0,)]
        with pytest.raises(UnusableDatabase, match="took longer than database_timeout"):
            await store.engine.write(lambda: steps("SELECT pg_sleep(30)"))
        shown = await look(store.engine, "SHOW statement_timeout")
        assert shown == [("0",)]


class Held:
    """A verb that has seen its moment, and goes on when the test lets it."""

    def __init__(self) -> None:
        self.has_looked, self.may_go = asyncio.Event(), asyncio.Event()

    def __call__(self, verb: Callable[[], Steps[T]]) -> Callable[[], Steps[T]]:
        def held() -> Steps[T]:
            yield "SELECT 1 AS one", ()
            self.has_looked.set()
            while not self.may_go.is_set():
                yield "SELECT pg_sleep(0.01)", ()
            return (yield from verb())

        return held


WAITS_FOR_A_LOCK = """
    SELECT count(*) AS waiting FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def test_who_signs_out_while_a_second_delivery_is_answered_leaves_no_grant(
    migrated_url: str,
) -> None:
    async with opened(migrated_url) as store:
        first = await sign_in(store, answered=False)
        again = code_for(first.session.sid)
        held = Held()
        answering = asyncio.create_task(
            store.engine.write(
                held(
                    lambda: sign_ins.sign_in(
                        first.arrival, issue_of(new("code"), again), lambda _: True
                    )
                )
            )
        )
        await held.has_looked.wait()
        assert await store.end_session(first.session.sid, now=NOW) is not None
        held.may_go.set()
        assert (await answering).session is None
        assert await look(store.engine, "SELECT grant_id FROM grants") == []


@pytest.mark.parametrize("comes_first", [True, False])
async def test_who_is_put_into_a_group_while_they_come_for_the_first_time_is_in_it(
    migrated_url: str, *, comes_first: bool
) -> None:
    """Whoever is second waits, and then sees what the first has done."""
    async with opened(migrated_url) as store:
        names = ("sid", "wechat_state", "delivery_hash", "cookie_hash", "audit_id")
        anew: dict[str, Any] = {name: new(name) for name in names}
        arrival = replace(
            (await sign_in(store, person("o-other", "u-other"))).arrival,
            identity=person(),
            if_new=new_account(),
            **anew,
        )
        come, put = (
            lambda: sign_ins.sign_in(arrival, None, lambda _: True),
            lambda: groups.join(assignment("o-zhang")),
        )
        acts = [(come, groups.WHILE_SOMEBODY_COMES), (put, groups.WHILE_SOMEBODY_IS_PUT)]
        (first, its_lock), (second, other_lock) = acts if comes_first else reversed(acts)
        held = Held()
        doing = asyncio.create_task(store.engine.write(held(first), lock=its_lock))
        await held.has_looked.wait()
        waiting = asyncio.create_task(store.engine.write(second, lock=other_lock))
        while await look(store.engine, WAITS_FOR_A_LOCK) != [(1,)]:
            assert not waiting.done()
        held.may_go.set()
        await asyncio.gather(doing, waiting)
        account = await known_account(store, person())
        assert account is not None
        assert account.groups == ("staff",)


async def test_nobody_is_merged_into_somebody_who_is_kept_out_at_that_moment(
    migrated_url: str,
) -> None:
    async with opened(migrated_url) as store:
        one = (await sign_in(store, person("o-1", "u-1", appid="wx-web"))).account.account_id
        other = (await sign_in(store, person("o-2", "u-2", appid="wx-two"))).account.account_id
        held = Held()
        merging_them = asyncio.create_task(
            store.engine.write(held(lambda: merging.merge(one, other, new("audit"), NOW)))
        )
        await held.has_looked.wait()
        assert await store.disable_account(other, audit_id=new("audit"), now=NOW) is not None
        held.may_go.set()
        with pytest.raises(Unmergeable, match="is disabled"):
            await merging_them
