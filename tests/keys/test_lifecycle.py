"""The life of signing keys: a function of the time."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from keys import (
    ALGORITHMS,
    Jwk,
    KeyPolicy,
    KeyState,
    SigningKey,
    advance,
    due_at,
    generate_key,
    next_change,
    published,
    rotate,
    signing_key,
    state,
)

POLICY = KeyPolicy(propagation=10, rotation=100, overlap=20)
READY_MADE = {alg: generate_key(alg) for alg in ALGORITHMS}


def ready_made(alg: str) -> Jwk:
    """Making an RSA key is slow; the lifecycle does not look inside."""
    return READY_MADE[alg]


def advanced(keys: Sequence[SigningKey], now: int) -> tuple[SigningKey, ...]:
    return advance(keys, now, POLICY, ["ES256"], ready_made)


def rotated(keys: Sequence[SigningKey], now: int) -> tuple[SigningKey, ...]:
    return rotate(keys, now, POLICY, ["ES256"], ready_made)


def states(keys: Sequence[SigningKey], now: int) -> list[str]:
    return [state(key, keys, now, POLICY) for key in keys]


@dataclass(frozen=True)
class Moment:
    """One look at the keys: by whom they were held, and when."""

    now: int
    keys: tuple[SigningKey, ...]
    policy: KeyPolicy

    def signer(self, alg: str) -> SigningKey:
        return signing_key(self.keys, alg, self.now)

    def published(self) -> tuple[SigningKey, ...]:
        return published(self.keys, self.now, self.policy)


@st.composite
def policies(draw: st.DrawFn) -> KeyPolicy:
    propagation = draw(st.integers(1, 50))
    rotation = draw(st.integers(propagation + 1, 200))
    return KeyPolicy(propagation, rotation, overlap=draw(st.integers(1, 100)))


@st.composite
def histories(draw: st.DrawFn) -> list[Moment]:
    """What happens to the keys of a provider that is asked, stopped and rotated at odd times.

    Before every change there is a moment just before it: until then the keys held are the old.
    """
    policy, now = draw(policies()), draw(st.integers(0, 100))
    keys: tuple[SigningKey, ...] = ()
    history: list[Moment] = []
    steps = draw(st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=25))
    for pause, rotates in steps:
        if keys and pause:
            history.append(Moment(now + pause - 1, keys, policy))
        now += pause
        change = rotate if rotates else advance
        keys = change(keys, now, policy, ALGORITHMS, ready_made)
        history.append(Moment(now, keys, policy))
    return history


@given(histories())
def test_whenever_it_is_advanced_exactly_one_key_of_each_algorithm_signs_and_it_is_published(
    history: list[Moment],
) -> None:
    for moment in history:
        active = [
            key
            for key in moment.keys
            if state(key, moment.keys, moment.now, moment.policy) is KeyState.ACTIVE
        ]
        assert sorted(key.alg for key in active) == sorted(ALGORITHMS)
        assert all(key is moment.signer(key.alg) for key in active)
        assert set(map(id, active)) <= set(map(id, moment.published()))


@given(histories())
def test_no_key_but_the_first_signs_before_it_was_published_for_propagation_seconds(
    history: list[Moment],
) -> None:
    published_from = dict[tuple[str, int], int]()
    for moment in history:
        for key in moment.published():
            published_from.setdefault((key.alg, key.active_from), moment.now)
        for alg in ALGORITHMS:
            key = moment.signer(alg)
            waited = moment.now - published_from[alg, key.active_from]
            assert key.active_from == history[0].now or waited >= moment.policy.propagation


@given(histories())
def test_a_key_is_published_for_overlap_seconds_after_its_last_signature(
    history: list[Moment],
) -> None:
    last_signature = dict[tuple[str, int], int]()
    for moment in history:
        present = {(key.alg, key.active_from) for key in moment.published()}
        for key, at in last_signature.items():
            assert key in present or moment.now >= at + moment.policy.overlap
        for alg in ALGORITHMS:
            last_signature[alg, moment.signer(alg).active_from] = moment.now


@given(histories())
def test_no_key_is_kept_that_is_gone_and_none_has_two_successors_at_once(
    history: list[Moment],
) -> None:
    for moment in history:
        assert len({(key.alg, key.active_from) for key in moment.keys}) == len(moment.keys)
    for moment in history[::2]:
        kept = advance(moment.keys, moment.now, moment.policy, ALGORITHMS, ready_made)
        assert KeyState.GONE not in {state(key, kept, moment.now, moment.policy) for key in kept}


@given(histories())
def test_advancing_changes_nothing_before_it_is_due_and_something_when_it_is(
    history: list[Moment],
) -> None:
    moment = history[-1]
    due = due_at(moment.keys, moment.policy, ALGORITHMS)

    def at(now: int) -> tuple[SigningKey, ...]:
        return advance(moment.keys, now, moment.policy, ALGORITHMS, ready_made)

    assert due > moment.now
    assert at(due - 1) == moment.keys
    assert at(due) != moment.keys


@given(histories())
def test_no_key_changes_its_state_before_the_next_change(history: list[Moment]) -> None:
    moment = history[-1]

    def at(now: int) -> list[str]:
        return [state(key, moment.keys, now, moment.policy) for key in moment.keys]

    change = next_change(moment.keys, moment.now, moment.policy)
    if change is None:
        assert at(moment.now + 1_000_000) == at(moment.now)
    else:
        assert at(change - 1) == at(moment.now)
        assert at(change) != at(moment.now)


def test_a_key_is_upcoming_then_active_then_retired_then_gone() -> None:
    first = advanced([], 0)
    assert states(first, 0) == ["active"]
    assert advanced(first, 89) == first

    both = advanced(first, 90)
    assert states(both, 99) == ["active", "upcoming"]
    assert states(both, 100) == ["retired", "active"]
    assert states(both, 119) == ["retired", "active"]
    assert states(both, 120) == ["gone", "active"]

    assert advanced(both, 119) == both
    assert advanced(both, 120) == both[1:]


def test_the_last_key_stays_active_until_a_successor_takes_over_however_long_nothing_ran() -> None:
    keys = advanced([], 0)
    assert states(keys, 1_000_000) == ["active"]

    keys = advanced(keys, 1_000_000)
    assert states(keys, 1_000_000) == ["active", "upcoming"]
    assert states(keys, 1_000_009) == ["active", "upcoming"]
    assert states(keys, 1_000_010) == ["retired", "active"]


def test_the_operator_rotates_and_the_new_key_signs_after_propagation() -> None:
    keys = rotated(advanced([], 0), 30)
    assert states(keys, 39) == ["active", "upcoming"]
    assert states(keys, 40) == ["retired", "active"]
    assert advanced(keys, 60) == keys[1:]
    assert due_at(keys[1:], POLICY, ["ES256"]) == 130


def test_rotating_again_announces_nothing_while_a_key_is_upcoming() -> None:
    keys = rotated(advanced([], 0), 30)
    assert rotated(keys, 31) == keys
    assert len(rotated(keys, 40)) == 3


def test_rotating_where_there_is_no_key_makes_the_first_and_its_successor() -> None:
    assert states(rotated([], 5), 5) == ["active", "upcoming"]


def test_the_oldest_key_signs_for_a_process_whose_clock_is_behind() -> None:
    keys = advanced([], 100)
    assert signing_key(keys, "ES256", 99) is keys[0]
    assert states(keys, 99) == ["active"]

    later = rotated(keys, 50)
    assert later[0] is keys[0]
    assert states(later, 50) == ["active", "upcoming"]
    assert states(later, 110) == ["retired", "active"]


def test_an_algorithm_added_later_signs_at_once_beside_the_others() -> None:
    keys = advance(advanced([], 0), 50, POLICY, ["ES256", "RS256"], ready_made)
    assert signing_key(keys, "RS256", 50).active_from == 50
    assert signing_key(keys, "ES256", 50).active_from == 0


def test_an_algorithm_left_out_later_keeps_its_key_and_gets_no_successor() -> None:
    keys = advance([], 0, POLICY, ["ES256", "RS256"], ready_made)
    later = advanced(keys, 1_000)
    assert [key.alg for key in later] == ["ES256", "RS256", "ES256"]
    assert states(later, 1_000) == ["active", "active", "upcoming"]


def test_a_key_is_missing_at_once() -> None:
    assert due_at([], POLICY, ["ES256"]) == 0
    assert due_at(advanced([], 7), POLICY, ["ES256", "RS256"]) == 0


def test_an_algorithm_without_a_key_signs_nothing() -> None:
    with pytest.raises(LookupError, match="there is no key for RS256"):
        signing_key(advanced([], 0), "RS256", 0)


@pytest.mark.parametrize(
    "contradiction",
    [
        {"propagation": 0},
        {"rotation": -1},
        {"overlap": 0},
        {"propagation": 100, "rotation": 100},
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(contradiction: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must be (positive|shorter)"):
        KeyPolicy(**contradiction)


def test_the_default_policy_is_a_day_a_month_and_a_day() -> None:
    assert KeyPolicy() == KeyPolicy(propagation=86_400, rotation=30 * 86_400, overlap=86_400)


def test_kid_is_the_thumbprint_of_rfc_7638() -> None:
    """RFC 7638 §3.1, with the private half of the same key from RFC 7517 appendix A.2."""
    key = RSAKey.import_key(
        {
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu"
            "hDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN"
            "5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
            "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBni"
            "Iqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "d": "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7"
            "hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT0_YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy_nHNKroADIk"
            "J46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu"
            "4sbg1U2jx4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL-Us2lGVkY8"
            "fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q",
        }
    )
    assert SigningKey(key, "RS256", 0).kid == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    ("jwk", "alg", "reason"),
    [
        (READY_MADE["ES256"], "none", "for RS256, ES256"),
        (READY_MADE["ES256"], "RS256", "that RS256 can sign with"),
        (READY_MADE["RS256"], "ES256", "that ES256 can sign with"),
        (ECKey.generate_key("P-384"), "ES256", "that ES256 can sign with"),
        (RSAKey.import_key(READY_MADE["RS256"].as_dict()), "RS256", "no private key"),
    ],
)
def test_a_key_that_cannot_sign_is_refused(jwk: Jwk, alg: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SigningKey(jwk, alg, 0)


def test_rsa_keys_below_2048_bits_are_refused() -> None:
    """RFC 7518 §3.3."""
    with pytest.warns(UserWarning, match="2048"):
        short = RSAKey.generate_key(1024)
    with pytest.raises(ValueError, match="RS256"):
        SigningKey(short, "RS256", 0)


def test_the_private_half_is_not_shown() -> None:
    assert repr(SigningKey(READY_MADE["ES256"], "ES256", 7)) == (
        "SigningKey(alg='ES256', active_from=7)"
    )
