"""What is not this browser's sign-in."""

import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.endpoints.pending import (
    LostPending,
    open_pending,
)
from bridge.endpoints.wechat_state import new_wechat_state
from bridge.provider import Provider
from tests.endpoints.jar import HTTPS, OLD_SECRET, SECRET, Jar, noise, provider_at
from tests.world import Clock


def test_a_value_that_was_moved_to_another_name_is_no_sign_in(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    """The name of a cookie is no proof, or one sign-in could be answered with another's."""
    mine = jar.ask(provider, state="mine")
    clock.wind(1)
    other = jar.ask(provider, state="other")
    prefix = "__Host-bridge-pending-"
    jar.cookies[prefix + mine.wechat_state] = jar.cookies[prefix + other.wechat_state]
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), mine.wechat_state)


def test_it_lasts_ten_minutes(provider: Provider, clock: Clock, jar: Jar) -> None:
    pending = jar.ask(provider)
    clock.wind(599)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending
    clock.wind(1)
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


def test_secrets_rotate_while_people_are_on_their_way(clock: Clock, jar: Jar) -> None:
    pending = jar.ask(provider_at(HTTPS, clock, with_secrets=[OLD_SECRET]))
    rotated = provider_at(HTTPS, clock, with_secrets=[SECRET, OLD_SECRET])
    assert open_pending(rotated, jar.request(), pending.wechat_state) == pending
    with pytest.raises(LostPending):
        open_pending(provider_at(HTTPS, clock), jar.request(), pending.wechat_state)


def test_another_browser_knows_nothing_of_it(provider: Provider, jar: Jar) -> None:
    pending = jar.ask(provider)
    with pytest.raises(LostPending):
        open_pending(provider, Jar().request(), pending.wechat_state)


@pytest.mark.parametrize(
    "wechat_state", ["", "0" * 33, "../..", "张伟", "a=b; c", "x" * 5_000, "\n", "-2"]
)
def test_a_state_that_we_never_gave_is_of_no_sign_in(
    provider: Provider, jar: Jar, wechat_state: str
) -> None:
    jar.ask(provider, state=noise(4_096))
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), wechat_state)


@pytest.mark.parametrize("value", ["", "x", "....", '"', "\xe9\xff", "e30.e30", "a b"])
def test_a_value_that_we_never_gave_is_no_sign_in(provider: Provider, jar: Jar, value: str) -> None:
    jar.cookies["__Host-bridge-pending-" + "0" * 33] = value
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), "0" * 33)


@pytest.mark.parametrize("change", ["more", "less"])
def test_what_another_version_of_ours_has_sealed_is_lost(
    provider: Provider, jar: Jar, change: str
) -> None:
    """During an upgrade a person starts again, and sees no fault."""
    pending = jar.ask(provider)
    artifact: dict[str, object] = asdict(pending)
    if change == "more":
        artifact["prompt"] = "none"
    else:
        del artifact["parameters"]
    sealed = provider.pending.seal(artifact, expires_at=provider.now() + 600)
    jar.cookies["__Host-bridge-pending-" + pending.wechat_state] = sealed
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


# The handle


@given(st.integers(0, 2**35 - 1), st.integers(0, 2**35 - 1))
def test_wechat_states_sort_by_age_and_are_what_wechat_takes(one: int, other: int) -> None:
    """Letters and digits, at most 128."""
    earlier, later = sorted((one, other))
    clock = Clock(earlier)
    provider = provider_at(HTTPS, clock)
    first = new_wechat_state(provider)
    clock.now = later
    second = new_wechat_state(provider)
    assert re.fullmatch(r"[a-z0-9]{33}", first)
    assert first != second
    assert (first[:7] < second[:7]) == (earlier < later)


def test_a_wechat_state_cannot_be_guessed(clock: Clock) -> None:
    """130 random bits follow the time: all of 26 digits vary."""
    provider = provider_at(HTTPS, clock)
    handles = [new_wechat_state(provider) for _ in range(200)]
    assert len(set(handles)) == 200
    assert len({handle[:7] for handle in handles}) == 1
    assert all(len({handle[place] for handle in handles}) > 16 for place in range(7, 33))
