"""Several sign-ins under way in one browser."""

from fastapi import Response

from bridge.endpoints.pending import (
    Pending,
    keep_pending,
    open_pending,
)
from bridge.provider import Provider
from tests.endpoints.jar import MOST, Jar, noise
from tests.world import Clock


def test_two_tabs_do_not_overwrite_one_another(provider: Provider, jar: Jar) -> None:
    first, second = jar.ask(provider, state="1"), jar.ask(provider, state="2")
    for pending in (first, second):
        assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_the_oldest_are_forgotten_when_they_grow_too_many(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    asked: list[Pending] = []
    for _ in range(8):
        clock.wind(1)
        asked.append(jar.ask(provider, state=noise(1_200)))
        assert jar.size <= MOST
    kept = [jar.has(pending) for pending in asked]
    assert kept == sorted(kept)
    assert 3 <= sum(kept) < 8
    for pending in asked[-sum(kept) :]:
        assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_what_is_forgotten_is_deleted_as_it_was_set(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    """RFC 6265 §3.1: with the same Path; and a __Host- cookie is set only with Secure."""
    jar.ask(provider, state=noise(2_500))
    clock.wind(1)
    jar.ask(provider, state=noise(3_500))
    deleted = [morsel for morsel in jar.last_set.values() if morsel["max-age"] == "0"]
    assert [(morsel["path"], morsel["secure"], morsel["domain"]) for morsel in deleted] == [
        ("/", True, "")
    ]


def test_nothing_is_forgotten_while_there_is_room(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    asked: list[Pending] = []
    for _ in range(10):
        clock.wind(1)
        asked.append(jar.ask(provider))
    assert all(jar.has(pending) for pending in asked)


def test_a_long_request_is_forgotten_whole(provider: Provider, clock: Clock, jar: Jar) -> None:
    long = jar.ask(provider, state=noise(4_400))
    assert len(jar.cookies) == 2
    for _ in range(2):
        clock.wind(1)
        jar.ask(provider, state=noise(600))
    assert not jar.has(long)
    assert len(jar.cookies) == 2


def test_the_newest_is_kept_whatever_its_size(provider: Provider, clock: Clock, jar: Jar) -> None:
    other = jar.ask(provider)
    clock.wind(1)
    longest = jar.ask(provider, state=noise(6_500))
    assert jar.size > MOST
    assert not jar.has(other)
    assert open_pending(provider, jar.request(), longest.wechat_state) == longest


def test_the_age_is_in_the_name_and_not_in_the_order_of_the_header(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    first = jar.ask(provider, state=noise(2_000))
    clock.wind(1)
    second = jar.ask(provider, state=noise(2_000))
    jar.cookies = dict(reversed(jar.cookies.items()))
    clock.wind(1)
    third = jar.ask(provider, state=noise(2_000))
    assert [jar.has(pending) for pending in (first, second, third)] == [False, True, True]


def test_cookies_of_others_are_neither_counted_nor_deleted(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    others = {
        "session": "x" * 3_000,
        "bridge-pending-" + "0" * 33: "x" * 1_000,
        "__Host-bridge-pending-": "x" * 1_000,
        "__Host-bridge-pending-" + "0" * 32: "x" * 1_000,
        "__Host-bridge-pending-" + "0" * 33 + "-3": "x" * 1_000,
        "__Host-bridge-pending-" + "z" * 33: "x" * 1_000,
        "__Host-bridge-pending-(unfit)[to]set": "x" * 1_000,
    }
    jar.cookies |= others
    for _ in range(2):
        clock.wind(1)
        jar.ask(provider, state=noise(1_000))
    assert jar.cookies.items() >= others.items()
    assert len(jar.cookies) == len(others) + 2


def test_what_is_kept_once_more_does_not_displace_itself(provider: Provider, jar: Jar) -> None:
    """Its former value is in the request, and is no other sign-in's."""
    longest = jar.ask(provider, state=noise(4_400))
    response = Response()
    keep_pending(provider, jar.request(), response, longest)
    jar.take(response)
    assert open_pending(provider, jar.request(), longest.wechat_state) == longest


def test_what_is_kept_once_more_in_less_room_leaves_nothing_over(
    provider: Provider, jar: Jar
) -> None:
    pending = jar.ask(provider)
    (name,) = jar.cookies
    jar.cookies[f"{name}-2"] = "left over"
    response = Response()
    keep_pending(provider, jar.request(), response, pending)
    jar.take(response)
    assert jar.cookies.keys() == {name}
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending
