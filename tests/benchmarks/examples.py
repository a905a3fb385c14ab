"""Rows as a run would give them, with round numbers."""

from benchmarks.figures import Row, Sample

SIGNATURE = "RS256 signature"


def samples(*microseconds: float) -> tuple[Sample, ...]:
    return tuple(
        Sample(each / 1e6, throughput=100, p50=0.010, p95=0.020, p99=0.030) for each in microseconds
    )


def row(what: str = "token", *, in_flight: int = 16, cost: float = 900, floor: float = 300) -> Row:
    """A row of three runs, the middle one of which costs ``cost``, beside one floor."""
    return Row(
        what=what,
        database="SQLite",
        alg="RS256",
        in_flight=in_flight,
        samples=samples(cost * 0.9, cost, cost * 1.1),
        floors={SIGNATURE: samples(floor * 0.9, floor, floor * 1.1)},
    )
