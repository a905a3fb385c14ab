"""``wechat-oidc keys``: the operator looks at the signing keys, and changes them early."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from bridge.app import Chance, open_keys
from tests.cli.terminal import Operator


def listed(operator: Operator) -> list[list[str]]:
    return [line.split("\t") for line in operator.told("keys", "list").splitlines()]


def test_list_shows_one_active_key_for_each_algorithm(operator: Operator) -> None:
    keys = listed(operator)
    assert sorted(alg for _, alg, _, _ in keys) == ["ES256", "RS256"]
    assert {state for _, _, state, _ in keys} == {"active"}
    assert listed(operator) == keys


def test_list_says_since_when_a_key_signs(operator: Operator) -> None:
    before = datetime.fromtimestamp(Chance().now(), UTC)
    for _, _, _, text in listed(operator):
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        assert timedelta(0) <= moment - before < timedelta(seconds=10)


def test_rotate_announces_a_successor_of_each_key_which_signs_later(operator: Operator) -> None:
    announced = operator.with_settings(KEY_ANNOUNCED="7200")
    (first,) = {text for _, _, _, text in listed(announced)}
    lines = [line.split("\t") for line in announced.told("keys", "rotate").splitlines()]
    assert [alg for _, alg, _ in lines] == ["RS256", "ES256"]
    now = datetime.fromtimestamp(Chance().now(), UTC)
    for kid, alg, when in lines:
        moment = datetime.strptime(when, "signs from %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        assert abs(moment - now - timedelta(hours=2)) < timedelta(seconds=10)
        assert [kid, alg, "upcoming", when.removeprefix("signs from ")] in listed(announced)
    assert [text for _, _, state, text in listed(announced) if state == "active"] == [first] * 2


def test_rotate_twice_does_nothing_the_second_time_and_says_so(operator: Operator) -> None:
    operator.told("keys", "rotate")
    before = listed(operator)
    assert operator.told("keys", "rotate") == (
        "nothing to do: a successor of each key is announced already\n"
    )
    assert listed(operator) == before


def test_a_bridge_that_is_running_sees_what_a_command_has_changed(operator: Operator) -> None:
    running = open_keys(operator.settings())
    now = Chance().now()
    before = {key.kid for key in asyncio.run(running.ring(now)).keys}
    operator.told("keys", "rotate")
    after = {key.kid for key in asyncio.run(running.ring(now)).keys}
    assert before < after
    assert after == {kid for kid, *_ in listed(operator)}


def test_private_keys_are_not_shown(operator: Operator) -> None:
    told = operator.told("keys", "list") + operator.told("keys", "rotate")
    ring = asyncio.run(open_keys(operator.settings()).ring(Chance().now()))
    for key in ring.keys:
        private = key.jwk.as_dict(private=True)
        assert str(private["d"]) not in told


def test_the_audit_trail_has_that_keys_were_rotated(operator: Operator) -> None:
    made = [line.split("\t")[0] for line in operator.told("keys", "rotate").splitlines()]
    operator.told("keys", "rotate")
    [line] = operator.told("audit", "--event", "keys", "--json").splitlines()
    assert json.loads(line)["detail"] == {"kid": " ".join(made)}
