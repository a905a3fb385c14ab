"""The guard: no ratio may grow by more than a third over what was recorded. Never a time."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.figures import Results

RECORDED = Path(__file__).parent / "recorded.json"
# By how much a ratio may be larger than the recorded one
GROWTH = 1 / 3
# How often it is measured before it is believed that something has grown
TRIES = 3
# What is guarded, beside its first floor
GUARDED = ("first-sign-in", "token", "discovery", "jwks", "userinfo", "start")


def ratios_of(results: Results) -> dict[str, float]:
    """Return the ratio of each row to its first floor, by a name that says both."""
    return {
        ", ".join(part for part in (row.what, row.alg, row.database) if part)
        + f" / {floor}": row.ratio(floor)
        for row in results.rows
        for floor in list(row.floors)[:1]
    }


def verdicts(measured: Mapping[str, float], recorded: Mapping[str, float]) -> list[str]:
    """Return a sentence for each ratio that has grown too much, or that is not there any more."""
    said = [
        f"{name} is {measured[name]:.2f}, and was {before:.2f}: it has grown by"
        f" {measured[name] / before - 1:.0%}, and {GROWTH:.0%} is allowed."
        for name, before in recorded.items()
        if name in measured and measured[name] > before * (1 + GROWTH)
    ]
    missing = [name for name in recorded if name not in measured]
    return said + [f"{name} was recorded, and is not measured any more." for name in missing]


def confirmed(
    measured: Mapping[str, float], recorded: Mapping[str, float], again: Callable[[], Results]
) -> list[str]:
    """Return what ``verdicts`` still says when it was measured as often as TRIES.

    What has grown has grown each time; a machine that was busy was so once. Of each ratio the
    smallest counts.
    """
    smallest = dict(measured)
    for _ in range(TRIES - 1):
        if not verdicts(smallest, recorded):
            break
        for name, ratio in ratios_of(again()).items():
            smallest[name] = min(ratio, smallest.get(name, ratio))
    return verdicts(smallest, recorded)


def read(path: Path = RECORDED) -> dict[str, float]:
    ratios: dict[str, float] = json.loads(path.read_text("utf-8"))
    return ratios


def record(measured: Mapping[str, float], path: Path = RECORDED) -> None:
    rounded = {name: round(ratio, 2) for name, ratio in sorted(measured.items())}
    path.write_text(json.dumps(rounded, indent=1) + "\n", "utf-8")
