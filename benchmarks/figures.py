"""What came out: samples, one of each run, and what is read from several of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from statistics import median
from typing import Any

from benchmarks.load.job import Report


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. ``cpu`` and the percentiles of latency are seconds for an operation."""

    cpu: float
    throughput: float = 0
    p50: float = 0
    p95: float = 0
    p99: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All runs of one thing, and beside them what was measured in turn with it, run by run."""

    what: str
    database: str = ""
    alg: str = ""
    in_flight: int = 0
    samples: tuple[Sample, ...]
    floors: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict[str, tuple[Sample, ...]])

    @property
    def cpu(self) -> tuple[float, ...]:
        return tuple(sample.cpu for sample in self.samples)

    def ratio(self, floor: str) -> float:
        """How many times the floor's work it is."""
        return ratio(self.cpu, [sample.cpu for sample in self.floors[floor]])

    def middle(self, member: str) -> float:
        """The median of the runs, of one member of the samples."""
        values: list[float] = [getattr(sample, member) for sample in self.samples]
        return median(values)


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of memory for each worker, when so much has been done."""

    when: str
    size: int


@dataclass(frozen=True, slots=True)
class Results:
    rows: tuple[Row, ...] = ()
    sizes: tuple[Size, ...] = ()
    # What could not be measured, and why
    notes: tuple[str, ...] = ()

    def __add__(self, other: "Results") -> "Results":
        return Results(self.rows + other.rows, self.sizes + other.sizes, self.notes + other.notes)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def read(cls, text: str) -> "Results":
        members: dict[str, Any] = json.loads(text)
        return cls(
            tuple(_row(row) for row in members["rows"]),
            tuple(Size(**size) for size in members["sizes"]),
            tuple(members["notes"]),
        )


def _row(members: dict[str, Any]) -> Row:
    samples = _samples(members.pop("samples"))
    floors = {name: _samples(told) for name, told in members.pop("floors").items()}
    return Row(**members, samples=samples, floors=floors)


def _samples(told: list[dict[str, float]]) -> tuple[Sample, ...]:
    return tuple(Sample(**sample) for sample in told)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all is not above (nearest rank)."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def spread(values: Sequence[float]) -> float:
    """How far the runs are apart: from the smallest to the largest, as a share of the median."""
    return (max(values) - min(values)) / median(values)


def ratio(values: Sequence[float], floors: Sequence[float]) -> float:
    """The median of the ratios run by run: what a machine was busy with is in both."""
    return median(value / floor for value, floor in zip(values, floors, strict=True))


def sample_of(report: Report, cpu: float) -> Sample:
    """``cpu`` is what the whole run cost."""
    ordered = sorted(report.latencies)
    number = len(ordered)
    at = [percentile(ordered, share) for share in (0.50, 0.95, 0.99)]
    return Sample(cpu / number, number / report.seconds, *at)
