"""Results for people: aligned text for a screen, or a table in Markdown."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import Results, Row, spread

HEADING = (
    *("what", "database", "algorithm", "in flight", "CPU µs", "spread", "floor", "floor µs"),
    *("ratio", "a second", "p50 ms", "p95 ms", "p99 ms"),
)
# Columns of words; numbers stand to the right.
WORDS = ("what", "database", "algorithm", "floor", "goal", "verdict", "when")
SIZES = ("when", "MB")
MEBIBYTE = 2**20
# Of a document that is filled in
BEGIN, END = "<!-- results -->", "<!-- end of the results -->"

Line = Sequence[str]


def lines_of(row: Row) -> Iterator[Line]:
    """A line with everything, and for each further floor one that says only that."""
    first: Line = (
        *(row.what, row.database, row.alg, str(row.in_flight or "")),
        *(_micro(row.middle("cpu")), f"{spread(row.cpu):.0%}"),
    )
    rest: Line = (
        f"{row.middle('throughput'):,.1f}",
        *(f"{row.middle(member) * 1e3:,.1f}" for member in ("p50", "p95", "p99")),
    )
    if not row.floors:
        yield (*first, "", "", "", *rest)
    for name, samples in row.floors.items():
        cost = _micro(median(sample.cpu for sample in samples))
        yield (*first, name, cost, f"{row.ratio(name):.2f}", *rest)
        first, rest = ("",) * len(first), ("",) * len(rest)


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f}"


def tables_of(results: Results) -> Iterator[tuple[Line, list[Line]]]:
    """Return headings and lines of what there is."""
    if results.rows:
        yield HEADING, [line for row in results.rows for line in lines_of(row)]
    if results.sizes:
        yield SIZES, [(size.when, f"{size.size / MEBIBYTE:.1f}") for size in results.sizes]


def as_text(results: Results) -> str:
    return _all(results, text_table)


def as_markdown(results: Results) -> str:
    return _all(results, markdown_table)


def text_table(heading: Line, lines: Sequence[Line]) -> str:
    everything = [heading, *lines]
    widths = [max(len(line[column]) for line in everything) for column in range(len(heading))]
    return "".join(
        "  ".join(
            cell.ljust(width) if name in WORDS else cell.rjust(width)
            for name, cell, width in zip(heading, line, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in everything
    )


def markdown_table(heading: Line, lines: Sequence[Line]) -> str:
    rule = ["---" if name in WORDS else "---:" for name in heading]
    return "".join(f"| {' | '.join(line)} |\n" for line in (heading, rule, *lines))


def fill(path: Path, text: str) -> None:
    """Write the text between the marks of a document, or all of it where there is none."""
    before, found, rest = path.read_text("utf-8").partition(BEGIN) if path.exists() else ("",) * 3
    _, ends, after = rest.partition(END)
    whole = f"{before}{BEGIN}\n{text}\n{END}{after}" if found and ends else text
    path.write_text(whole, "utf-8")


def _all(results: Results, table: Callable[[Line, Sequence[Line]], str]) -> str:
    parts = [table(*each) for each in tables_of(results)]
    return "\n".join([*parts, *(f"{note}\n" for note in results.notes)])
