"""Every module of every plan, in every variant that the plan has.

There are many, so that by default each module runs in the code flow, for both kinds of client, and
here and there in the others. CI runs all of them:

    pytest tests/conformance -m "every_variant or not every_variant"
"""

import pytest

from tests.conformance.conftest import Stage
from tests.conformance.suite import Suite, Variant
from tests.conformance.table import MANUAL, PLANS, Plan, Row, manual, run_id

pytestmark = pytest.mark.anyio


def _runs() -> list[object]:
    return [
        pytest.param(
            row,
            variant,
            id=run_id(plan, row, variant),
            marks=() if _is_always_run(plan, row, variant) else pytest.mark.every_variant,
        )
        for plan in PLANS
        for row, variant in plan.runs()
    ]


def _is_always_run(plan: Plan, row: Row, variant: Variant) -> bool:
    """The code flow as it is; of everything else one in eight."""
    if variant.response_type == "code" and variant.response_mode is None:
        return True
    return (plan.rows.index(row) + plan.variants.index(variant)) % 8 == 0


@pytest.mark.parametrize(("row", "variant"), _runs())
async def test_the_module_passes(stage: Stage, row: Row, variant: Variant) -> None:
    suite = Suite(stage.world, stage.site, stage.browser, variant)
    await suite.begin()
    suite.client = await suite.new_client()
    await row.run(suite)
    await suite.end(suite.client)


def test_the_manual_lists_the_modules_as_they_are() -> None:
    assert manual() in MANUAL.read_text("utf-8")
