"""A picture of the results: bars of server CPU for an operation, readable without seeing them."""

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from benchmarks.figures import Row

NAMESPACE = "http://www.w3.org/2000/svg"
WIDTH = 860
LABELS = 300
VALUES = 250
BAR = 20
STEP = 28
TOP = 52
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1b1f24 }
  .title { font-size: 16px; font-weight: 600 }
  rect { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } rect { fill: #3fb950 } }
"""
TITLE = "Server CPU for an operation, in microseconds (the median of the runs)"


def as_svg(rows: Iterable[Row]) -> str:
    """Return bars as long as the work, each with its ratio to its first floor."""
    drawn = list(rows)
    longest = max((row.middle("cpu") for row in drawn), default=1.0)
    height = TOP + STEP * len(drawn) + 8
    told = "; ".join(f"{label_of(row)}: {value_of(row)}" for row in drawn)
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" role="img" aria-labelledby="title desc"',
            f' viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
            f'<title id="title">{escape(TITLE)}</title>',
            f'<desc id="desc">{escape(told)}.</desc>',
            f"<style>{STYLE}</style>",
            f'<text class="title" x="8" y="28">{escape(TITLE)}</text>',
            *(
                line
                for number, row in enumerate(drawn)
                for line in _bar(row, TOP + STEP * number, row.middle("cpu") / longest)
            ),
            "</svg>\n",
        ]
    )


def _bar(row: Row, top: int, share: float) -> Iterator[str]:
    length = max(round(share * (WIDTH - LABELS - VALUES)), 1)
    label, value = label_of(row), value_of(row)
    yield f'<g role="listitem" aria-label={quoteattr(f"{label}: {value}")}>'
    yield f'<text x="8" y="{top + 15}">{escape(label)}</text>'
    yield f'<rect x="{LABELS}" y="{top}" width="{length}" height="{BAR}" rx="3"/>'
    yield f'<text x="{LABELS + length + 8}" y="{top + 15}">{escape(value)}</text>'
    yield "</g>"


def label_of(row: Row) -> str:
    return ", ".join(part for part in (row.what, row.alg, row.database) if part)


def value_of(row: Row) -> str:
    told = f"{row.middle('cpu') * 1e6:,.0f} µs"
    floor = next(iter(row.floors), None)
    return told if floor is None else f"{told} = {row.ratio(floor):.1f} times {floor}"


def worth_drawing(rows: Sequence[Row]) -> list[Row]:
    """One row of each operation: of several numbers in flight, the one in the middle.

    Not of what is called "operation, how many": that is of other installations.
    """
    chosen: dict[str, list[Row]] = {}
    for row in rows:
        if row.in_flight and ", " not in row.what:
            chosen.setdefault(label_of(row), []).append(row)
    return [alike[len(alike) // 2] for alike in chosen.values()]
