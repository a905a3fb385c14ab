"""The guard of ratios."""

from pathlib import Path

import pytest

from benchmarks import guard
from benchmarks.figures import Results
from benchmarks.goals import GOALS, MISSED, Goal, is_missed
from benchmarks.running import Wanted
from tests.benchmarks.examples import row

NAME = "token, RS256, SQLite / RS256 signature"


@pytest.mark.parametrize(
    ("measured", "recorded", "said"),
    [
        ({"a": 9.0}, {"a": 9.0}, []),
        ({"a": 4.0}, {"a": 9.0}, []),
        ({"a": 12.0}, {"a": 9.0}, []),
        (
            {"a": 12.1},
            {"a": 9.0},
            ["a is 12.10, and was 9.00: it has grown by 34%, and 33% is allowed."],
        ),
        ({"a": 1.0, "new": 99.0}, {"a": 1.0}, []),
        ({}, {"a": 1.0}, ["a was recorded, and is not measured any more."]),
        (
            {"a": 5.0, "b": 1.0},
            {"a": 1.0, "b": 1.0},
            ["a is 5.00, and was 1.00: it has grown by 400%, and 33% is allowed."],
        ),
    ],
)
def test_a_ratio_may_grow_by_a_third(
    measured: dict[str, float], recorded: dict[str, float], said: list[str]
) -> None:
    assert guard.verdicts(measured, recorded) == said


def test_a_ratio_is_named_after_what_it_compares() -> None:
    ratios = guard.ratios_of(Results((row(), row("jwks", cost=600))))
    assert ratios == {
        "token, RS256, SQLite / RS256 signature": pytest.approx(3),
        "jwks, RS256, SQLite / RS256 signature": pytest.approx(2),
    }


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    guard.record({"b": 1.23456, "a": 2}, tmp_path / "recorded.json")
    assert guard.read(tmp_path / "recorded.json") == {"a": 2, "b": 1.23}


def test_everything_that_the_guard_measures_has_a_recording_and_nothing_else_has() -> None:
    measured = {
        f"{case.name}, {case.alg}, {case.database} / {case.floors[0]}"
        for case in Wanted(is_guard=True).cases()
    }
    assert set(guard.read()) == measured | {"start, SQLite / imports alone"}


@pytest.mark.parametrize(
    ("limit", "is_least", "verdict"),
    [(3.1, False, "met"), (2.9, False, MISSED), (2.9, True, "met"), (3.1, True, MISSED)],
)
def test_a_goal_is_met_within_its_limit(limit: float, verdict: str, *, is_least: bool) -> None:
    results = Results((row(cost=900, floor=300),))
    goal = Goal("token", limit, lambda found: found.rows[0].ratio("RS256 signature"), is_least)
    assert goal.line(results)[1:] == ("3.00", f"{'≥' if is_least else '≤'} {limit}", verdict)


def test_a_goal_that_was_not_measured_is_not_missed() -> None:
    assert {goal.line(Results())[-1] for goal in GOALS} == {"not measured"}
    assert not is_missed(Results())


@pytest.mark.parametrize(("cost", "missed"), [(2_600, False), (2_800, True)])
def test_a_complete_sign_in_costs_nine_signatures_at_most(cost: float, *, missed: bool) -> None:
    results = Results((row("first-sign-in", cost=cost, floor=300),))
    assert is_missed(results) is missed


@pytest.mark.parametrize(
    ("costs", "measured_again", "said"),
    [
        # It has not grown
        ([900], 0, []),
        # The machine was busy once, or twice
        ([9_000, 900], 1, []),
        ([9_000, 8_000, 900], 2, []),
        # It has: the smallest is told
        (
            [9_000, 6_000, 8_000],
            2,
            [f"{NAME} is 20.00, and was 3.00: it has grown by 567%, and 33% is allowed."],
        ),
    ],
)
def test_what_has_grown_is_measured_again_before_it_is_believed(
    costs: list[float], measured_again: int, said: list[str]
) -> None:
    left = [Results((row(cost=cost),)) for cost in costs]
    first = guard.ratios_of(left.pop(0))
    assert guard.confirmed(first, {NAME: 3.0}, lambda: left.pop(0)) == said
    assert len(costs) - 1 - len(left) == measured_again
