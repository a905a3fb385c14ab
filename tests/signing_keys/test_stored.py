"""Signing keys in the store, as one node or two see them."""

import asyncio
from threading import Event

import pytest

from bridge.store import UnusableDatabase
from keys import Jwk, UnknownKey, UnusableKeys, generate_key, revoke, rotate, signing_key
from tests.signing_keys.nodes import POLICY, READ_EVERY, Node, begins, kids, node
from tests.telemetry.lines import written

pytestmark = pytest.mark.anyio

ANNOUNCED = POLICY.rotation - POLICY.propagation


async def test_the_first_node_makes_a_key_of_each_algorithm_and_the_second_has_the_same(
    address: str,
) -> None:
    async with node(address, algorithms=("RS256", "ES256")) as one:
        ring = await one.keys.ring(7)
        assert ring.algorithms == ("RS256", "ES256")
        assert begins(ring.keys) == [7, 7]
        async with node(address, algorithms=("RS256", "ES256")) as other:
            assert await other.kids(7) == kids(ring)


async def test_nodes_that_start_at_once_have_the_same_keys(one: Node, other: Node) -> None:
    first, second = await asyncio.gather(one.kids(0), other.kids(0))
    assert first == second
    assert len(first) == 1


async def test_while_it_is_fresh_the_ring_is_the_same_object_and_the_store_is_not_asked(
    one: Node,
) -> None:
    ring, asked = await one.keys.ring(0), one.engine.asked
    assert all([await one.keys.ring(now) is ring for now in range(READ_EVERY)])
    assert one.engine.asked == asked
    assert await one.keys.ring(READ_EVERY) is ring
    assert one.engine.asked == asked + 1


async def test_however_many_ask_at_one_moment_the_store_is_read_once(one: Node) -> None:
    await one.keys.ring(0)
    asked = one.engine.asked
    rings = await asyncio.gather(*(one.keys.ring(READ_EVERY) for _ in range(50)))
    assert len(set(map(id, rings))) == 1
    assert one.engine.asked == asked + 1


async def test_a_kid_that_nobody_knows_asks_the_store_for_nothing(one: Node) -> None:
    ring, asked = await one.keys.ring(0), one.engine.asked
    header = "eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vYm9keSIsInR5cCI6IkpXVCJ9"
    for _ in range(100):
        assert (await one.keys.ring(1)).read(f"{header}.e30.AAAA") is None
    assert (await one.keys.ring(1)) is ring
    assert one.engine.asked == asked


async def test_a_key_is_announced_when_it_is_due_and_every_node_has_it_before_any_signs_with_it(
    one: Node, other: Node
) -> None:
    (first,) = await one.kids(0)
    await other.keys.ring(ANNOUNCED - 1)
    announced = await one.keys.ring(ANNOUNCED)
    assert begins(announced.keys) == [0, POLICY.rotation]
    assert await other.kids(ANNOUNCED) == [first]
    assert await other.kids(ANNOUNCED - 1 + READ_EVERY) == kids(announced)
    for held in (one, other):
        ring = await held.keys.ring(POLICY.rotation - 1)
        assert signing_key(ring.keys, "ES256", POLICY.rotation - 1).kid == first
        ring = await held.keys.ring(POLICY.rotation)
        assert signing_key(ring.keys, "ES256", POLICY.rotation).kid != first


async def test_two_nodes_that_find_a_rotation_due_together_make_one_successor(
    one: Node, other: Node
) -> None:
    (first,) = await one.kids(0)
    await other.keys.ring(0)
    with written() as lines:
        made, seen = await asyncio.gather(one.kids(ANNOUNCED), other.kids(ANNOUNCED))
    assert made == seen
    assert made[0] == first
    assert len(made) == 2
    assert lines.messages == [f"signing_keys.changed new={made[1]}"] * 2


async def test_who_asks_while_a_key_is_made_has_the_keys_that_there_are(address: str) -> None:
    begun, may_go_on = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def slowly(alg: str) -> Jwk:
        loop.call_soon_threadsafe(begun.set)
        assert may_go_on.wait(20)
        return generate_key(alg)

    async with node(address) as quick:
        before = await quick.kids(0)
    async with node(address, generate=slowly) as slow:
        making = asyncio.create_task(slow.kids(ANNOUNCED))
        await begun.wait()
        assert await slow.kids(ANNOUNCED) == before
        may_go_on.set()
        assert len(await making) == 2


async def test_a_node_that_slept_through_a_rotation_knows_it_before_it_signs(
    one: Node, other: Node
) -> None:
    await one.keys.ring(0)
    await other.keys.ring(0)
    await one.keys.ring(ANNOUNCED)
    late = POLICY.rotation + POLICY.overlap + 10
    now_there = await one.keys.ring(late)
    assert await other.kids(late) == kids(now_there)
    assert begins(now_there.keys) == [POLICY.rotation]


async def test_a_rotation_by_hand_is_seen_by_every_node_and_happens_once(
    one: Node, other: Node
) -> None:
    await one.keys.ring(0)
    await other.keys.ring(0)
    changed = await asyncio.gather(*(each.keys.change(rotate, 20) for each in (one, other)))
    (new,) = [key for each in changed for key in each.made]
    assert new.active_from == 20 + POLICY.propagation
    assert await other.kids(20) == await one.kids(20)
    assert (await one.keys.change(rotate, 21)).made == []


async def test_a_revoked_key_is_gone_from_every_node_once_it_reads_again(
    one: Node, other: Node
) -> None:
    (leaked,) = await one.kids(0)
    ring = await other.keys.ring(0)
    token = ring.sign({"sub": "x"}, now=0, alg="ES256")
    assert ring.read(token) == {"sub": "x"}
    changed = await one.keys.change(revoke([leaked]), 5)
    assert [key.kid for key in changed.gone] == [leaked]
    (new,) = changed.made
    assert signing_key(changed.ring.keys, "ES256", 5) is new
    with written() as lines:
        assert await other.kids(READ_EVERY - 1) == [leaked]
        ring = await other.keys.ring(READ_EVERY)
    assert kids(ring) == [new.kid]
    assert ring.read(token) is None
    assert lines.messages == [f"signing_keys.changed new={new.kid} gone={leaked}"]
    with pytest.raises(UnknownKey):
        await other.keys.change(revoke([leaked]), READ_EVERY)


async def test_of_two_who_revoke_one_key_together_one_is_told_that_it_is_gone(
    one: Node, other: Node
) -> None:
    (leaked,) = await one.kids(0)
    tries = [each.keys.change(revoke([leaked]), 5) for each in (one, other)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, UnknownKey) for result in done) == 1
    assert len(await one.kids(5 + READ_EVERY)) == 1


async def test_a_store_that_cannot_be_read_stops_nobody(one: Node) -> None:
    ring = await one.keys.ring(0)
    one.engine.away = True
    with written() as lines:
        assert await one.keys.ring(READ_EVERY) is ring
        assert await one.keys.ring(READ_EVERY + 1) is ring
        assert await one.keys.ring(2 * READ_EVERY) is ring
        late = ANNOUNCED + POLICY.rotation
        assert (await one.keys.ring(late)).sign({"sub": "x"}, now=late, alg="ES256")
    assert lines.messages == ["signing_keys.unreadable cause=UnusableDatabase"] * 3
    one.engine.away = False
    assert len(await one.kids(late + READ_EVERY)) == 2


async def test_without_any_keys_a_store_that_cannot_be_read_is_an_error(one: Node) -> None:
    one.engine.away = True
    with pytest.raises(UnusableDatabase):
        await one.keys.ring(0)
    one.engine.away = False
    assert len(await one.kids(0)) == 1


async def test_what_is_changed_all_the_time_is_given_up_in_one_line(address: str) -> None:
    """It cannot happen while others do something sensible."""
    number = 0

    async def interfere(held: Node) -> None:
        nonlocal number
        number += 1
        sealed = await held.store.decided("signing_keys")
        assert sealed is not None
        opened = Node(held.engine, (b"o" * 43,))
        await opened.keys.change(revoke(await opened.kids(0)), number)

    async with node(address) as one:
        await one.keys.ring(0)
        decide_again = one.store.decide_again

        async def overtaken(name: str, *, former: str, value: str) -> bool:
            await interfere(one)
            return await decide_again(name, former=former, value=value)

        one.store.decide_again = overtaken  # type: ignore[method-assign]
        with pytest.raises(UnusableKeys) as refused:
            await one.keys.change(rotate, 1)
    assert "changed by others all the time" in str(refused.value)
    assert "\n" not in str(refused.value)


# Clocks


async def test_a_clock_that_is_set_back_reads_again_and_goes_on(one: Node) -> None:
    ring, asked = await one.keys.ring(5_000), one.engine.asked
    assert await one.keys.ring(1_400) is ring
    assert one.engine.asked == asked + 1
    assert await one.keys.ring(1_401) is ring
    assert one.engine.asked == asked + 1
    assert ring.sign({"sub": "x"}, now=1_401, alg="ES256")


async def test_a_clock_that_steps_forth_and_back_never_signs_with_what_was_not_announced(
    one: Node, other: Node
) -> None:
    (first,) = await one.kids(0)
    await other.keys.ring(0)
    # an hour, and more than the life of a key
    for step in (3_600, 3 * POLICY.rotation):
        ahead = await one.keys.ring(step)
        assert signing_key(ahead.keys, "ES256", step).kid == first
        back = await one.keys.ring(100)
        assert signing_key(back.keys, "ES256", 100).kid == first
        assert await other.kids(step) == kids(back)
        await other.keys.ring(100)
    published_from: dict[str, int] = dict.fromkeys(await other.kids(200), 100)
    for now in range(200, 12 * POLICY.rotation, 490):
        for each in (one, other):
            ring = await each.keys.ring(now)
            for kid in kids(ring):
                published_from.setdefault(kid, now)
            signer = signing_key(ring.keys, "ES256", now).kid
            waited = now - published_from[signer]
            assert signer == first or waited >= POLICY.propagation - READ_EVERY


@pytest.mark.parametrize("skew", [-300, 300])
async def test_nodes_whose_clocks_differ_sign_with_what_all_have_published(
    one: Node, other: Node, skew: int
) -> None:
    """By less than keys are announced: each key is everywhere before it signs anywhere."""
    everywhere: set[str] | None = None
    first = await one.kids(0)
    for now in range(0, 5 * POLICY.rotation, 10):
        rings = [(await one.keys.ring(now), now), (await other.keys.ring(now + skew), now + skew)]
        for ring, theirs in rings:
            signer = signing_key(ring.keys, "ES256", theirs).kid
            assert everywhere is None or signer in everywhere
        shown = [{key["kid"] for key in ring.jwk_set(now=theirs)["keys"]} for ring, theirs in rings]
        everywhere = shown[0] & shown[1]
    assert everywhere is not None
    assert everywhere.isdisjoint(first)
