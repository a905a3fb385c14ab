"""What is measured: which operation, of which variant, how many at once, beside which floors."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.bench import BARE, POSTGRESQL, SQLITE, Bench, insert, signature
from benchmarks.figures import Results, Row, Sample
from benchmarks.stand import Served, Variant
from benchmarks.turns import Probe, in_turn

COMPLETE = ("first-sign-in", "sign-in-within-wechat", "repeat-sign-in")
SIGNED = (*COMPLETE, "silent-sign-in", "token", "refresh")
ASKED = ("userinfo", "introspection", "discovery", "jwks")

# As the load generator calls it, and where a page is asked for, its path
JOBS = {
    "first-sign-in": "first_sign_in",
    "sign-in-within-wechat": "first_sign_in",
    "repeat-sign-in": "repeat_sign_in",
    "silent-sign-in": "silent_sign_in",
    "token": "token",
    "refresh": "refresh",
    "userinfo": "userinfo",
    "introspection": "introspect",
    "discovery": "/.well-known/openid-configuration",
    "jwks": "/jwks",
}
# What an algorithm or a database makes a difference to
NAMES = {
    ("RS256", SQLITE): (*SIGNED, *ASKED),
    ("ES256", SQLITE): ("first-sign-in", "repeat-sign-in", "token", "refresh"),
    ("RS256", POSTGRESQL): (*SIGNED, "userinfo", "introspection"),
    ("ES256", POSTGRESQL): ("first-sign-in", "token"),
}
IN_FLIGHT = (1, 8, 32, 128)
IN_FLIGHT_COMPLETE = (1, 8, 16, 32, 128)
# One after the other takes longer, and is steadier: a share of the number will do.
SLOWER = 3
# Where one number in flight has to do
TYPICAL = 32
TYPICAL_SIGN_IN = 16


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    in_flight: int
    alg: str = "RS256"
    database: str = SQLITE

    @property
    def label(self) -> str:
        return f"{self.name}, {self.alg}, {self.database}, {self.in_flight} in flight"

    @property
    def variant(self) -> Variant:
        in_wechat = self.name == "sign-in-within-wechat"
        return Variant(alg=self.alg, database=self.database, in_wechat=in_wechat)

    @property
    def floors(self) -> tuple[str, ...]:
        if self.name in ASKED:
            return (BARE,)
        writes = (insert(self.database),) if self.name in COMPLETE else ()
        return (signature(self.alg), *writes)

    def row(self, found: Mapping[str, tuple[Sample, ...]], *beside: str, key: str = "") -> Row:
        """Return what was found under ``key``, beside its floors and ``beside``."""
        return Row(
            what=self.name,
            database=self.database,
            alg=self.alg,
            in_flight=self.in_flight,
            samples=found[key or self.name],
            floors={name: found[name] for name in (*self.floors, *beside) if name in found},
        )

    def probe(self, bench: Bench, served: Served) -> Probe:
        """What is done, of a bridge that is set up as the variant says."""
        job, effort = JOBS[self.name], bench.effort
        number = effort.requests if self.name in ASKED else effort.sign_ins
        number //= SLOWER if self.in_flight == 1 else 1
        if job.startswith("/"):
            served, job = served.page(job), "get"
        return bench.load(served, job, in_flight=self.in_flight, number=number)


def every_case() -> Iterator[Case]:
    """All numbers in flight where it is RS256 and SQLite; elsewhere for a first sign-in."""
    for (alg, database), names in NAMES.items():
        is_base = (alg, database) == ("RS256", SQLITE)
        for name in names:
            for in_flight in _levels(name, is_base=is_base):
                yield Case(name, in_flight, alg, database)


def _levels(name: str, *, is_base: bool) -> tuple[int, ...]:
    if name == "first-sign-in" or (is_base and name in COMPLETE):
        return IN_FLIGHT_COMPLETE
    return IN_FLIGHT if is_base else (TYPICAL,)


def few_cases() -> Iterator[Case]:
    """The short form: each once, and a first sign-in of each kind."""
    for name in (*SIGNED, *ASKED):
        yield Case(name, TYPICAL if name in ASKED else TYPICAL_SIGN_IN)
    yield Case("first-sign-in", TYPICAL_SIGN_IN, "ES256")
    yield Case("first-sign-in", TYPICAL_SIGN_IN, "RS256", POSTGRESQL)


async def measured(bench: Bench, cases: Iterable[Case]) -> Results:
    """Measure each beside its floors; cases of one variant share a bridge."""
    wanted = [case for case in cases if bench.can(case.database)]
    found: dict[Case, Row] = {}
    for variant in dict.fromkeys(case.variant for case in wanted):
        async with bench.bridge(variant) as served:
            await bench.warm(served)
            for case in wanted:
                if case.variant == variant:
                    bench.say(case.label)
                    found[case] = await row_of(bench, served, case)
    return Results(tuple(found[case] for case in wanted))


async def row_of(bench: Bench, served: Served, case: Case) -> Row:
    probes = {name: bench.floor(name, case.in_flight) for name in case.floors}
    probes[case.name] = case.probe(bench, served)
    return case.row(await in_turn(probes, bench.effort.runs))
