"""What is wanted of all that can be measured, one after the other."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import SQLITE, Effort, bench
from benchmarks.beside import beside_one_another, beside_peer
from benchmarks.cases import JOBS, Case, every_case, few_cases, measured
from benchmarks.figures import Results
from benchmarks.guard import GUARDED
from benchmarks.memory import measured_memory
from benchmarks.scale import measured_scale
from benchmarks.starting import START, measured_start
from tests.faults.database import Database

ACCEPTANCE, MEMORY, SCALE = "acceptance", "memory", "scale"
SECTIONS = (*JOBS, START, MEMORY, SCALE, ACCEPTANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``only`` are names of SECTIONS; without any it is all that takes no quarter of an hour."""

    only: tuple[str, ...] = ()
    is_short: bool = False
    # Only what the guard looks at
    is_guard: bool = False
    with_peer: bool = False
    # Of the one about memory
    sign_ins: int = 50_000
    # Of the largest installation
    accounts: int = 2_000_000

    @property
    def names(self) -> tuple[str, ...]:
        return GUARDED if self.is_guard else self.only or (*JOBS, START)

    def cases(self) -> list[Case]:
        if self.is_guard:
            return [
                case for case in few_cases() if case.name in GUARDED and case.database == SQLITE
            ]
        every = few_cases() if self.is_short else every_case()
        return [case for case in every if case.name in self.names]


async def run(folder: Path, effort: Effort, wanted: Wanted, database: Database | None) -> Results:
    """Measure it; data stand in ``folder``."""
    results, names = Results(), set(wanted.names)
    if ACCEPTANCE in names:
        names |= {START, MEMORY, SCALE}
    async with bench(folder, effort, database) as made:
        results += await measured(made, wanted.cases())
        if wanted.with_peer and ACCEPTANCE not in names:
            results += await beside_peer(made)
        if ACCEPTANCE in names:
            results += await beside_one_another(made)
        if START in names:
            results += await measured_start(made)
        if MEMORY in names:
            results += await measured_memory(made, wanted.sign_ins)
        if SCALE in names:
            results += await measured_scale(made, wanted.accounts)
    return results
