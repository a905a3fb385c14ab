"""``python -m benchmarks`` where nothing is measured."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.figures import Results
from benchmarks.table import BEGIN, END
from tests.benchmarks.examples import row


@pytest.fixture
def earlier(tmp_path: Path) -> list[str]:
    """Two earlier runs, as options."""
    rows = (row("first-sign-in", cost=2_600), row())
    for name, result in (("a", Results(rows[:1])), ("b", Results(rows[1:], notes=("no peer",)))):
        (tmp_path / name).write_text(result.to_json(), "utf-8")
    return ["--read", str(tmp_path / "a"), "--read", str(tmp_path / "b")]


def test_earlier_runs_are_shown_together_and_judged(earlier: list[str]) -> None:
    told = CliRunner().invoke(main, [*earlier, "--only", "acceptance"])
    assert told.exit_code == 0
    assert "token" in told.output
    assert "no peer" in told.output
    judged = [line for line in told.output.splitlines() if line.endswith(" met")]
    assert [line.split("  ")[0] for line in judged] == ["complete sign-in / RS256 signature"]


def test_a_goal_that_is_missed_ends_with_a_sentence_and_status_1(
    earlier: list[str], tmp_path: Path
) -> None:
    (tmp_path / "a").write_text(Results((row("first-sign-in", cost=2_800),)).to_json(), "utf-8")
    told = CliRunner().invoke(main, [*earlier, "--only", "acceptance"])
    assert (told.exit_code, told.output.splitlines()[-1]) == (1, "A goal is missed.")


def test_a_document_is_filled_with_tables_and_the_picture(
    earlier: list[str], tmp_path: Path
) -> None:
    document, picture = tmp_path / "performance.md", tmp_path / "performance.svg"
    document.write_text(f"# Text\n{BEGIN}\n{END}\nmore\n", "utf-8")
    options = ["--only", "acceptance", "--markdown", str(document), "--svg", str(picture)]
    assert CliRunner().invoke(main, [*earlier, *options]).exit_code == 0
    text = document.read_text("utf-8")
    assert text.startswith(f"# Text\n{BEGIN}\n![")
    assert "](performance.svg)" in text
    assert "| first-sign-in | SQLite |" in text
    assert "| complete sign-in / RS256 signature | 8.67 |" in text
    assert text.endswith(f"{END}\nmore\n")
    assert picture.read_text("utf-8").startswith("<svg ")


def test_the_guard_says_what_has_grown_and_ends_with_status_1(earlier: list[str]) -> None:
    """Of what is recorded, these runs have measured hardly anything."""
    told = CliRunner().invoke(main, [*earlier, "--check"])
    assert told.exit_code == 1
    assert "is not measured any more." in told.output
