"""What is read from several runs."""

import pytest

from benchmarks.figures import Results, Row, Size, percentile, ratio, sample_of, spread
from benchmarks.load.job import Job, Report
from tests.benchmarks.examples import row, samples


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([7], 0.5, 7),
        ([7], 0.99, 7),
        ([1, 2], 0.5, 1),
        ([1, 2, 3], 0.5, 2),
        (range(1, 101), 0.5, 50),
        (range(1, 101), 0.95, 95),
        (range(1, 101), 0.99, 99),
        (range(1, 101), 1, 100),
        (range(1, 1001), 0.99, 990),
    ],
)
def test_a_percentile_is_one_of_the_values_by_nearest_rank(
    values: list[float], share: float, found: float
) -> None:
    assert percentile(values, share) == found


@pytest.mark.parametrize(
    ("values", "apart"),
    [([5.0], 0), ([1.0, 1.0], 0), ([9.0, 10.0, 11.0], 0.2), ([1.0, 2.0, 4.0], 1.5)],
)
def test_the_spread_is_from_the_smallest_to_the_largest(values: list[float], apart: float) -> None:
    assert spread(values) == pytest.approx(apart)


def test_the_ratio_is_the_median_of_the_ratios_run_by_run() -> None:
    """The machine was busy in the last run, which both have felt."""
    assert ratio([9, 8, 60], [3, 2, 20]) == 3
    with pytest.raises(ValueError, match="zip"):
        ratio([1, 2], [1])


def test_a_sample_is_a_share_of_the_run_for_each_operation() -> None:
    sample = sample_of(Report(seconds=2.0, latencies=[0.3, 0.1, 0.2, 0.4]), cpu=0.8)
    assert (sample.cpu, sample.throughput) == (0.2, 2.0)
    assert (sample.p50, sample.p95, sample.p99) == (0.2, 0.4, 0.4)


def test_a_row_tells_the_middle_of_its_runs() -> None:
    assert row(cost=900, floor=300).ratio("RS256 signature") == pytest.approx(3)
    assert Row(what="", samples=samples(3, 1, 2)).middle("cpu") == pytest.approx(2e-6)


def test_results_are_read_as_they_were_written() -> None:
    results = Results((row(),), (Size("at rest", 2**26),), ("no peer",)) + Results((row("jwks"),))
    assert len(results.rows) == 2
    assert Results.read(results.to_json()) == results


def test_a_job_and_a_report_are_read_as_they_were_written() -> None:
    job = Job(operation="token", url="http://x", number=3, in_flight=2, client_ids=("a", "b"))
    assert Job.read(job.to_json()) == job
    report = Report(1.5, [0.25, 0.5])
    assert Report.read(report.to_json()) == report
