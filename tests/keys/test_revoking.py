"""A key that somebody else knows is taken away at once."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import (
    Jwk,
    KeyChange,
    KeyPolicy,
    KeyRing,
    KeyState,
    SigningKey,
    UnknownKey,
    advance,
    generate_key,
    published,
    revoke,
    rotate,
    signing_key,
    state,
)

POLICY = KeyPolicy(propagation=10, rotation=100, overlap=50)
ALGORITHMS = ("ES256", "EdDSA")
# The life of a key does not look inside, and each has to have a kid of its own.
POOL = {alg: [generate_key(alg) for _ in range(60)] for alg in ALGORITHMS}


class Maker:
    """Makes keys that are ready; no two of one algorithm are the same."""

    def __init__(self) -> None:
        self._number = count()

    def __call__(self, alg: str) -> Jwk:
        return POOL[alg][next(self._number)]


def advanced(keys: Sequence[SigningKey], now: int, make: Maker) -> tuple[SigningKey, ...]:
    return advance(keys, now, POLICY, ["ES256"], make)


def revoked(
    keys: Sequence[SigningKey], now: int, make: Maker, *gone: SigningKey
) -> tuple[SigningKey, ...]:
    return revoke([key.kid for key in gone])(keys, now, POLICY, ["ES256"], make)


def states(keys: Sequence[SigningKey], now: int) -> list[str]:
    return [state(key, keys, now, POLICY) for key in keys]


def test_the_only_key_is_succeeded_by_a_new_one_that_signs_at_once() -> None:
    make = Maker()
    (first,) = advanced((), 0, make)
    (second,) = revoked((first,), 20, make, first)
    assert second.kid != first.kid
    assert second.active_from == 20
    assert states((second,), 20) == ["active"]


def test_the_upcoming_key_takes_over_from_a_revoked_one_because_some_know_it_already() -> None:
    make = Maker()
    first, second = advanced(advanced((), 0, make), 90, make)
    (now_first,) = revoked((first, second), 95, make, first)
    assert (now_first.kid, now_first.active_from) == (second.kid, 95)
    assert states((now_first,), 95) == ["active"]


def test_where_the_upcoming_key_is_revoked_with_it_a_new_one_signs() -> None:
    make = Maker()
    both = advanced(advanced((), 0, make), 90, make)
    (third,) = revoked(both, 95, make, *both)
    assert third.kid not in {key.kid for key in both}
    assert third.active_from == 95


def test_a_retired_key_never_signs_again() -> None:
    make = Maker()
    first, second = advanced(advanced((), 0, make), 90, make)
    assert states((first, second), 101) == ["retired", "active"]
    left = revoked((first, second), 101, make, second)
    assert left[0].kid == first.kid
    assert states(left, 101) == ["retired", "active"]
    assert signing_key(left, "ES256", 101).kid not in {first.kid, second.kid}


def test_a_revoked_key_that_had_still_to_come_is_announced_anew() -> None:
    make = Maker()
    first, second = advanced(advanced((), 0, make), 95, make)
    left = revoked((first, second), 97, make, second)
    assert left[0] is first
    assert states(left, 97) == ["active", "upcoming"]
    assert left[1].kid != second.kid
    assert left[1].active_from == 97 + POLICY.propagation


def test_a_retired_key_that_is_revoked_is_published_no_longer() -> None:
    make = Maker()
    first, second = advanced(advanced((), 0, make), 90, make)
    assert revoked((first, second), 101, make, first) == (second,)


def test_a_key_of_an_algorithm_that_was_given_up_gets_no_successor() -> None:
    make = Maker()
    given_up = SigningKey(generate_key("EdDSA"), "EdDSA", 0)
    kept = advanced((), 0, make)
    assert revoked((*kept, given_up), 20, make, given_up) == kept


def test_a_clock_that_is_behind_revokes_all_the_same() -> None:
    make = Maker()
    (first,) = advanced((), 1_000, make)
    (second,) = revoked((first,), 400, make, first)
    assert states((second,), 400) == ["active"]
    assert states((second,), 1_000) == ["active"]


def test_a_key_that_is_not_there_is_named() -> None:
    make = Maker()
    keys = advanced((), 0, make)
    with pytest.raises(UnknownKey, match="nobody's"):
        revoke([keys[0].kid, "nobody's"])(keys, 0, POLICY, ["ES256"], make)


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, str, float]]:
    """What is done, and when: clocks of nodes differ, and are set forth and back."""
    acts = st.sampled_from(["advance", "rotate", "revoke"])
    return draw(st.lists(st.tuples(st.integers(-150, 300), acts, st.floats(0, 0.999)), max_size=12))


@given(lives())
def test_whatever_happens_exactly_one_published_key_of_each_algorithm_signs_and_none_revoked(
    life: list[tuple[int, str, float]],
) -> None:
    make, now, gone = Maker(), 1_000, set[str]()
    keys = advance((), now, POLICY, ALGORITHMS, make)
    for step, act, which in life:
        now = max(0, now + step)
        signers = {signing_key(keys, alg, now).kid for alg in ALGORITHMS}
        change: KeyChange = rotate if act == "rotate" else advance
        if act == "revoke":
            victim = keys[int(which * len(keys))].kid
            gone.add(victim)
            change = revoke([victim])
        keys = change(keys, now, POLICY, ALGORITHMS, make)
        KeyRing(keys, POLICY)
        assert gone.isdisjoint(key.kid for key in keys)
        for alg in ALGORITHMS:
            active = [
                key
                for key in published(keys, now, POLICY)
                if key.alg == alg and state(key, keys, now, POLICY) is KeyState.ACTIVE
            ]
            assert len(active) == 1
            # What takes over at once has been there before, unless the signer was revoked
            if act != "revoke":
                assert active[0].kid in signers
