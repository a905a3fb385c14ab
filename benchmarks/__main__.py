"""``python -m benchmarks``: measure, print a table, and judge it where that is asked for."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import click
import pytest

from benchmarks import goals, guard
from benchmarks.bench import Effort
from benchmarks.drawing import TITLE, as_svg, worth_drawing
from benchmarks.figures import Results
from benchmarks.peers import node
from benchmarks.running import ACCEPTANCE, SECTIONS, Wanted, run
from benchmarks.table import as_markdown, as_text, fill, markdown_table, text_table
from tests.faults.database import Database, a_database

RUNS, QUICK_RUNS = 5, 3
A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--only", multiple=True, type=click.Choice(SECTIONS), help="Only this; repeatable.")
@click.option("--runs", type=click.IntRange(1), help=f"{RUNS}, or {QUICK_RUNS} with --quick.")
@click.option("--quick", is_flag=True, help="The short form: fewer cases, operations, and runs.")
@click.option("--peer", type=click.Choice([node.NAME]), help="Compare complete sign-ins with it.")
@click.option("--sign-ins", default=50_000, show_default=True, help="Of the one about memory.")
@click.option("--accounts", default=2_000_000, show_default=True, help="Largest of the scale.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="For the data.")
@click.option(
    *("--read", "sources"), multiple=True, type=A_FILE, help="Show an earlier --json; repeatable."
)
@click.option("--json", "json_", type=A_FILE, help="Write all runs there.")
@click.option("--markdown", type=A_FILE, help="Write the tables there, between its marks.")
@click.option("--svg", type=A_FILE, help="Draw the work of each operation there.")
@click.option("--check", is_flag=True, help="The guard: fail where a ratio has grown by a third.")
@click.option("--record", is_flag=True, help="Record the ratios that the guard compares with.")
def main(  # noqa: PLR0913 - a command has as many options as it has
    *,
    only: tuple[str, ...],
    runs: int | None,
    quick: bool,
    peer: str | None,
    sign_ins: int,
    accounts: int,
    folder: Path | None,
    sources: tuple[Path, ...],
    json_: Path | None,
    markdown: Path | None,
    svg: Path | None,
    check: bool,
    record: bool,
) -> None:
    """Measure what a sign-in costs the server, beside what it cannot cost less than."""
    wanted = Wanted(
        only=only,
        is_short=quick or check or record,
        is_guard=check or record,
        with_peer=peer is not None,
        sign_ins=sign_ins,
        accounts=accounts,
    )
    measure = partial(_results, sources, wanted, runs, folder)
    results = measure()
    verdicts = [goal.line(results) for goal in goals.GOALS] if ACCEPTANCE in only else []
    click.echo(as_text(results))
    if verdicts:
        click.echo(text_table(goals.HEADING, verdicts))
    if json_:
        json_.write_text(results.to_json(), "utf-8")
    if svg:
        svg.write_text(as_svg(worth_drawing(results.rows)), "utf-8")
    if markdown:
        parts = [f"![{TITLE}]({os.path.relpath(svg, markdown.parent)})\n"] if svg else []
        parts.append(as_markdown(results))
        parts += [markdown_table(goals.HEADING, verdicts)] if verdicts else []
        fill(markdown, "\n".join(parts))
    if record:
        guard.record(guard.ratios_of(results))
    if check:
        _check(results, measure)
    if ACCEPTANCE in only and goals.is_missed(results):
        sys.exit("A goal is missed.")


def _check(results: Results, again: Callable[[], Results]) -> None:
    """End with what has grown, if anything has."""
    if said := guard.confirmed(guard.ratios_of(results), guard.read(), again):
        sys.exit("\n".join(said))


def _results(
    sources: tuple[Path, ...], wanted: Wanted, runs: int | None, folder: Path | None
) -> Results:
    return read_all(sources) if sources else _measured(wanted, runs, folder)


def read_all(sources: tuple[Path, ...]) -> Results:
    """Return what earlier runs have written, together."""
    read = [Results.read(source.read_text("utf-8")) for source in sources]
    return sum(read, Results())


def _measured(wanted: Wanted, runs: int | None, folder: Path | None) -> Results:
    # As it is where it is installed: a module is compiled once, and not at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    effort = Effort(runs or RUNS)
    if wanted.is_short:
        effort = Effort(runs or QUICK_RUNS, sign_ins=80, requests=1_000, floors=200)
    with tempfile.TemporaryDirectory(dir=folder) as made, _postgresql() as database:
        results = asyncio.run(run(Path(made), effort, wanted, database))
        return results if database else results + Results(notes=(NO_POSTGRESQL,))


NO_POSTGRESQL = "PostgreSQL is not installed here, and was not measured."


@contextmanager
def _postgresql() -> Generator[Database | None]:
    """A server of its own that writes to the disk as one in use does, where there is one."""
    with ExitStack() as opened:
        try:
            database = opened.enter_context(a_database())
        except (pytest.skip.Exception, pytest.fail.Exception):
            database = None
        yield database


if __name__ == "__main__":
    main()
