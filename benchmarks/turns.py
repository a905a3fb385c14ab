"""Several things are measured in turn, run by run, so that all feel what the machine does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from benchmarks.figures import Sample

# Of the first run, which is not counted, a share of the number
WARM_UP = 4


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that is done so many times in a run."""

    run: Callable[[int], Awaitable[Sample]]
    number: int


async def in_turn(probes: Mapping[str, Probe], runs: int) -> dict[str, tuple[Sample, ...]]:
    """Warm all of them up, then measure one after the other, and so again."""
    found: dict[str, tuple[Sample, ...]] = dict.fromkeys(probes, ())
    for probe in probes.values():
        await probe.run(max(probe.number // WARM_UP, 1))
    for _ in range(runs):
        for name, probe in probes.items():
            found[name] += (await probe.run(probe.number),)
    return found
