"""Every table is swept, or kept for a reason that operators can read."""

import re
from pathlib import Path

from bridge.store.migrating import migrations
from tests.store.forgetting import EXPIRING

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


def created_tables() -> set[str]:
    """All tables that there are."""
    texts = "".join(text for _, text in migrations())
    return {"installation", *re.findall(r"CREATE TABLE (\w+)", texts)}


def described_tables() -> dict[str, str]:
    """What the manual says of how long the rows of each table are kept."""
    section = MANUAL.read_text("utf-8").partition("\n## What is kept, and how long\n")[2]
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]+) \|$", section.partition("\n## ")[0], re.MULTILINE)
    return {name: kept for names, kept in rows for name in re.findall(r"`(\w+)`", names)}


def test_the_manual_says_of_each_table_how_long_its_rows_are_kept() -> None:
    """Whoever adds a table has to decide: it is kept, and why, or it is swept."""
    described = described_tables()
    assert described.keys() == created_tables()
    kept = {name for name, how_long in described.items() if how_long.startswith("kept")}
    assert kept == created_tables() - EXPIRING
