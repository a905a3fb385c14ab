"""Of all who do the same at once, in four processes, one has done it."""

import pytest

from tests.races.racing import run


def check(url: str, races: int) -> None:
    outcomes = run(url, races)
    bad = {name: outcome.bad for name, outcome in outcomes.items() if outcome.bad}
    assert bad == {}
    assert sum(outcome.good for outcome in outcomes.values()) == races


def test_some_races(migrated_url: str) -> None:
    check(migrated_url, 140)


@pytest.mark.every_variant
def test_ten_thousand_races(migrated_url: str) -> None:
    check(migrated_url, 10_000)
