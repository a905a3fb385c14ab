"""Results for people."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import Results, Size
from benchmarks.table import BEGIN, END, HEADING, as_markdown, as_text, fill
from tests.benchmarks.examples import SIGNATURE, row, samples

RESULTS = Results(
    (
        row(),
        replace(
            row("first-sign-in", cost=2_700),
            floors={SIGNATURE: samples(300, 300, 300), "durable insert": samples(100, 100, 100)},
        ),
        replace(row("start"), in_flight=0, floors={}),
    ),
    (Size("at rest", 64 * 2**20),),
    ("PostgreSQL is not installed here.",),
)


def test_columns_of_the_text_are_aligned() -> None:
    table, sizes, note = as_text(RESULTS).split("\n\n")
    heading, *lines = table.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["token", "first-sign-in", "", "start"]
    for line, cost in ((lines[0], "900"), (lines[1], "2,700"), (lines[3], "900")):
        assert line.index(f" {cost} ") + len(cost) + 1 == heading.index("CPU µs") + len("CPU µs")
    assert "3.00" in lines[0]
    assert "9.00" in lines[1]
    assert lines[2].split() == ["durable", "insert", "100", "27.00"]
    assert sizes.split() == ["when", "MB", "at", "rest", "64.0"]
    assert note == "PostgreSQL is not installed here.\n"


def test_the_table_in_markdown_has_all_cells_in_each_line() -> None:
    table = as_markdown(RESULTS).split("\n\n", maxsplit=1)[0]
    lines = table.splitlines()
    assert len(lines) == 2 + 4
    assert {line.count("|") for line in lines} == {len(HEADING) + 1}
    assert lines[2] == (
        "| token | SQLite | RS256 | 16 | 900 | 20% | RS256 signature | 300 | 3.00 | 100.0"
        " | 10.0 | 20.0 | 30.0 |"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "new"),
        ("old", "new"),
        (f"a\n{BEGIN}\nb", "new"),
        (f"a\n{BEGIN}\n{END}\nc\n", f"a\n{BEGIN}\nnew\n{END}\nc\n"),
        (f"a\n{BEGIN}\nold\n{END}\nc\n", f"a\n{BEGIN}\nnew\n{END}\nc\n"),
    ],
)
def test_a_document_is_filled_between_its_marks(
    before: str | None, after: str, tmp_path: Path
) -> None:
    path = tmp_path / "performance.md"
    if before is not None:
        path.write_text(before, "utf-8")
    fill(path, "new")
    assert path.read_text("utf-8") == after
