"""The goals: what is measured against what it may be at most, or has to be at least."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.bench import BARE, signature
from benchmarks.beside import (
    BASE,
    DISCOVERY,
    ES256,
    JWKS,
    ON_POSTGRESQL,
    PEER,
    TOKEN,
    WITHIN_WECHAT,
)
from benchmarks.cases import Case
from benchmarks.figures import Results, Row
from benchmarks.memory import AFTER_ALL, WARM
from benchmarks.scale import FEWEST, FIRST
from benchmarks.starting import IMPORTS, START
from benchmarks.table import MEBIBYTE

MISSED = "missed"
HEADING = ("goal", "measured", "limit", "verdict")


@dataclass(frozen=True, slots=True)
class Goal:
    """``value`` finds what was measured in the results, and raises LookupError where it was not."""

    title: str
    limit: float
    value: Callable[[Results], float]
    is_least: bool = False

    def line(self, results: Results) -> tuple[str, str, str, str]:
        """Return it as HEADING says."""
        limit = f"{'≥' if self.is_least else '≤'} {self.limit:g}"
        try:
            value = self.value(results)
        except LookupError:
            return self.title, "", limit, "not measured"
        return self.title, f"{value:.2f}", limit, "met" if self.is_met(value) else MISSED

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.is_least else value <= self.limit


def is_missed(results: Results) -> bool:
    """Whether a goal that was measured is missed."""
    return any(goal.line(results)[-1] == MISSED for goal in GOALS)


def _row(results: Results, case: Case) -> Row:
    """Return the newest row of a case."""
    wanted = (case.name, case.database, case.alg, case.in_flight)
    return _last(
        [row for row in results.rows if (row.what, row.database, row.alg, row.in_flight) == wanted]
    )


def _last(rows: Sequence[Row]) -> Row:
    return rows[-1]


def _times(case: Case, floor: str) -> Callable[[Results], float]:
    return lambda results: _row(results, case).ratio(floor)


def _part(case: Case) -> Callable[[Results], float]:
    """Which part of the bare answers a core gives of these.

    By the work: what a clock shows here is how fast the load generator is.
    """
    return lambda results: 1 / _row(results, case).ratio(BARE)


def _tail(results: Results) -> float:
    return median(sample.p99 / sample.p50 for sample in _row(results, TOKEN).samples)


def _size(results: Results) -> float:
    """Of the largest installation, which comes last."""
    floor = f"{FEWEST:,} accounts"
    alike = [row for row in results.rows if row.what.startswith(f"{FIRST}, ")]
    return _last([row for row in alike if floor in row.floors]).ratio(floor)


def _start(results: Results) -> float:
    return _last([row for row in results.rows if row.what == START]).ratio(IMPORTS)


def _growth(results: Results) -> float:
    sizes = {size.when: size.size for size in results.sizes}
    return (sizes[AFTER_ALL] - sizes[WARM]) / MEBIBYTE


GOALS = (
    Goal("complete sign-in / RS256 signature", 9, _times(BASE, signature("RS256"))),
    Goal("complete sign-in / that of node-oidc-provider", 1, _times(BASE, PEER)),
    Goal("without a profile / RS256 signature", 7.5, _times(WITHIN_WECHAT, signature("RS256"))),
    Goal("ES256 / RS256", 0.92, _times(ES256, BASE.label)),
    Goal("PostgreSQL / SQLite", 1.35, _times(ON_POSTGRESQL, BASE.label)),
    Goal("most accounts / fewest", 1.1, _size),
    Goal("discovery, answers a core gives / bare", 0.4, _part(DISCOVERY), is_least=True),
    Goal("jwks, answers a core gives / bare", 0.4, _part(JWKS), is_least=True),
    Goal("token, p99 / p50", 4, _tail),
    Goal("start / imports alone", 1.6, _start),
    Goal("memory, MB more after all sign-ins", 5, _growth),
)
