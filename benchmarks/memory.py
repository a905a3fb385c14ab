"""What a worker takes of the memory: at rest, when it is warm, and when it has done a lot."""

from benchmarks.accounting import memory
from benchmarks.bench import Bench
from benchmarks.cases import TYPICAL
from benchmarks.figures import Results, Size
from benchmarks.stand import Served, Variant

AT_REST, WARM, AFTER_ALL = "at rest", "after warm-up", "after all sign-ins"
# Sign-ins, before it is called warm, and at most in one go
WARM_UP = 1_000


async def measured_memory(bench: Bench, sign_ins: int) -> Results:
    """One worker on SQLite, and so many first sign-ins."""
    bench.say(f"memory, {sign_ins:,} sign-ins")
    async with bench.bridge(Variant()) as served:
        sizes = [Size(AT_REST, memory(served.pid))]
        await _signed_in(bench, served, min(WARM_UP, sign_ins))
        sizes.append(Size(WARM, memory(served.pid)))
        await _signed_in(bench, served, sign_ins)
        sizes.append(Size(AFTER_ALL, memory(served.pid)))
    return Results(sizes=tuple(sizes))


async def _signed_in(bench: Bench, served: Served, number: int) -> None:
    probe = bench.load(served, "first_sign_in", in_flight=TYPICAL, number=WARM_UP)
    for done in range(0, number, WARM_UP):
        await probe.run(min(WARM_UP, number - done))
