"""``wechat-oidc keys``: the operator looks at the signing keys, and changes them early."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from bridge.app import Chance
from bridge.cli.operating import opened_keys
from keys import KeyRing
from tests.cli.terminal import Operator


@pytest.fixture(params=["directory", "database"])
def operator(operator: Operator, request: pytest.FixtureRequest) -> Operator:
    """The same, wherever the keys are."""
    return operator.with_settings(KEYS=request.param)


def listed(operator: Operator) -> list[list[str]]:
    return [line.split("\t") for line in operator.told("keys", "list").splitlines()]


async def held(operator: Operator) -> KeyRing:
    async with opened_keys(operator.settings()) as keys:
        return await keys.ring(Chance().now())


def now() -> datetime:
    return datetime.fromtimestamp(Chance().now(), UTC)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)


def test_list_shows_one_active_key_for_each_algorithm(operator: Operator) -> None:
    keys = listed(operator)
    assert sorted(alg for _, alg, _, _ in keys) == ["ES256", "RS256"]
    assert {state for _, _, state, _ in keys} == {"active"}
    assert listed(operator) == keys


def test_the_keys_are_where_the_settings_say(operator: Operator) -> None:
    listed(operator)
    folder = operator.folder / "data" / "keys"
    assert folder.exists() is (operator.environ["BRIDGE_KEYS"] == "directory")


def test_list_says_since_when_a_key_signs(operator: Operator) -> None:
    before = now()
    for _, _, _, text in listed(operator):
        assert timedelta(0) <= moment(text) - before < timedelta(seconds=10)


def test_rotate_announces_a_successor_of_each_key_which_signs_later(operator: Operator) -> None:
    announced = operator.with_settings(KEY_ANNOUNCED="7200")
    (first,) = {text for _, _, _, text in listed(announced)}
    lines = [line.split("\t") for line in announced.told("keys", "rotate").splitlines()]
    assert [alg for _, alg, _ in lines] == ["RS256", "ES256"]
    for kid, alg, when in lines:
        signs_from = moment(when.removeprefix("signs from "))
        assert abs(signs_from - now() - timedelta(hours=2)) < timedelta(seconds=10)
        assert [kid, alg, "upcoming", when.removeprefix("signs from ")] in listed(announced)
    assert [text for _, _, state, text in listed(announced) if state == "active"] == [first] * 2


def test_rotate_twice_does_nothing_the_second_time_and_says_so(operator: Operator) -> None:
    operator.told("keys", "rotate")
    before = listed(operator)
    assert operator.told("keys", "rotate") == (
        "nothing to do: a successor of each key is announced already\n"
    )
    assert listed(operator) == before


@pytest.mark.anyio
async def test_a_bridge_that_is_running_sees_what_a_command_has_changed(
    operator: Operator,
) -> None:
    settings = operator.settings()
    async with opened_keys(settings) as running:
        at = Chance().now()
        before = {key.kid for key in (await running.ring(at)).keys}
        await asyncio.to_thread(operator.told, "keys", "rotate")
        after = {key.kid for key in (await running.ring(at + settings.keys_read_every)).keys}
        assert before < after
    assert after == {key.kid for key in (await held(operator)).keys}


def test_private_keys_are_not_shown(operator: Operator) -> None:
    told = operator.told("keys", "list") + operator.told("keys", "rotate")
    for key in asyncio.run(held(operator)).keys:
        private = key.jwk.as_dict(private=True)
        assert str(private["d"]) not in told


def test_the_audit_trail_has_that_keys_were_rotated(operator: Operator) -> None:
    made = [line.split("\t")[0] for line in operator.told("keys", "rotate").splitlines()]
    operator.told("keys", "rotate")
    [line] = operator.told("audit", "--event", "keys", "--json").splitlines()
    assert json.loads(line)["detail"] == {"kid": " ".join(made)}


def test_the_audit_trail_has_that_a_key_was_revoked(operator: Operator) -> None:
    (leaked, *_), _ = listed(operator)
    told = operator.told("keys", "revoke", leaked).splitlines()
    [line] = operator.told("audit", "--event", "key", "--json").splitlines()
    assert json.loads(line)["detail"] == {"kid": leaked, "new": told[1].split("\t")[0]}


# A key that leaked


def test_revoke_takes_a_key_away_and_its_successor_signs_at_once(operator: Operator) -> None:
    (leaked, alg, _, _), other = listed(operator)
    revoked, new, *consequences = operator.told("keys", "revoke", leaked).splitlines()
    assert revoked == f"{leaked}\t{alg}\trevoked"
    successor, its_alg, when = new.split("\t")
    assert its_alg == alg
    assert abs(moment(when.removeprefix("signs from ")) - now()) < timedelta(seconds=10)
    left = listed(operator)
    assert other in left
    assert sorted((kid, state) for kid, _, state, _ in left) == sorted(
        [(successor, "active"), (other[0], "active")]
    )
    assert leaked not in {kid for kid, *_ in left}
    text = " ".join(consequences)
    stored = operator.settings().keys_are_stored
    assert ("follow within 30 s" if stored else "follow at once") in text
    assert "3600 s (jwks_max_age)" in text


def test_revoke_makes_an_announced_successor_sign_now(operator: Operator) -> None:
    (leaked, *_), _ = listed(operator)
    announced = {
        alg: kid
        for kid, alg, _ in (
            line.split("\t") for line in operator.told("keys", "rotate").splitlines()
        )
    }
    operator.told("keys", "revoke", leaked)
    states = {(kid, state) for kid, alg, state, _ in listed(operator) if alg == "RS256"}
    assert states == {(announced["RS256"], "active")}


def test_revoke_all_leaves_none_of_the_keys_that_there_were(operator: Operator) -> None:
    before = {kid for kid, *_ in listed(operator)}
    operator.told("keys", "rotate")
    known = {kid for kid, *_ in listed(operator)}
    assert before < known
    told = operator.told("keys", "revoke", "--all")
    assert told.count("\trevoked\n") == 4
    left = listed(operator)
    assert known.isdisjoint(kid for kid, *_ in left)
    assert [state for _, _, state, _ in left] == ["active", "active"]


def test_a_key_that_is_not_there_is_told_and_nothing_is_changed(operator: Operator) -> None:
    before = listed(operator)
    line = operator.refused("keys", "revoke", before[0][0], "nobody", status=1)
    assert line == "there is no key nobody; wechat-oidc keys list shows all"
    assert listed(operator) == before


@pytest.mark.parametrize("kid", ["-hAbC_d", "--Ab-h"])
def test_a_kid_may_begin_with_a_hyphen(operator: Operator, kid: str) -> None:
    line = operator.refused("keys", "revoke", kid, status=1)
    assert line.startswith(f"there is no key {kid};")


@pytest.mark.parametrize("words", [(), ("kid", "--all")])
def test_revoke_wants_kids_or_all_of_them(operator: Operator, words: tuple[str, ...]) -> None:
    assert "by KID, or give --all" in operator.misused("keys", "revoke", *words)
