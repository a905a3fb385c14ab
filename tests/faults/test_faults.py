"""The driver without a fault, always; all faults in CI, with a crowd that is not too large."""

from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.anyio


async def test_without_a_fault_everybody_is_signed_in(tmp_path: Path) -> None:
    counts = await SCENARIOS["nothing"](tmp_path, 10)
    counts.check()
    assert (counts.completed, counts.sessions, counts.afterwards) == (10, 10, 10)
    # Of the ten, one came twice with its code.
    assert counts.refresh_tokens >= 9


@pytest.mark.every_variant
@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_fault_takes_nothing_that_was_answered_and_doubles_nothing(
    tmp_path: Path, name: str
) -> None:
    counts = await SCENARIOS[name](tmp_path, 60)
    counts.check()
    assert counts.sign_ins == 60
