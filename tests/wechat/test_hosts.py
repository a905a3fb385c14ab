"""Which host is asked first, after one of them could not be reached."""

import pytest

from bridge.wechat.hosts import PASSED_OVER, TOO_MANY, HostsInTurn
from tests.wechat.simulated_wechat import WoundClock

FIRST, SECOND, THIRD = "https://first", "https://second", "https://third"
ALL = (FIRST, SECOND, THIRD)


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
def hosts(clock: WoundClock) -> HostsInTurn:
    return HostsInTurn(ALL, now=clock)


def test_hosts_are_asked_in_the_order_of_the_setting(hosts: HostsInTurn) -> None:
    assert hosts.order() == ALL


def test_one_that_could_not_be_reached_is_asked_last_for_a_while(
    hosts: HostsInTurn, clock: WoundClock
) -> None:
    hosts.unreachable(FIRST)
    assert hosts.order() == (SECOND, THIRD, FIRST)
    clock.wind(PASSED_OVER - 1)
    assert hosts.order() == (SECOND, THIRD, FIRST)


def test_then_one_caller_tries_it_and_the_others_wait_for_that(
    hosts: HostsInTurn, clock: WoundClock
) -> None:
    hosts.unreachable(FIRST)
    clock.wind(PASSED_OVER)
    assert hosts.order() == ALL
    assert hosts.order() == (SECOND, THIRD, FIRST)


def test_one_that_answered_is_as_good_as_before(hosts: HostsInTurn) -> None:
    hosts.unreachable(FIRST)
    hosts.answered(FIRST)
    assert hosts.order() == ALL


def test_one_that_fails_again_and_again_is_asked_last(hosts: HostsInTurn) -> None:
    for _ in range(TOO_MANY - 1):
        hosts.failed(FIRST)
    assert hosts.order() == ALL
    hosts.failed(FIRST)
    assert hosts.order() == (SECOND, THIRD, FIRST)


def test_one_that_fails_once_in_a_while_is_not(hosts: HostsInTurn) -> None:
    for _ in range(3 * TOO_MANY):
        hosts.failed(FIRST)
        hosts.answered(FIRST)
    assert hosts.order() == ALL


def test_where_none_could_be_reached_all_are_tried(hosts: HostsInTurn) -> None:
    for host in ALL:
        hosts.unreachable(host)
    assert hosts.order() == ALL
