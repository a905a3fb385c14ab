"""Whether a sign-in costs more where there are many people, and what more workers bring."""

import asyncio
import time
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from benchmarks.bench import POSTGRESQL, SQLITE, Bench
from benchmarks.cases import JOBS, TYPICAL, TYPICAL_SIGN_IN
from benchmarks.figures import Results, Row, Sample
from benchmarks.population import LATER, expire, populate
from benchmarks.stand import Variant, opened_store, register, served, settings_of
from benchmarks.turns import Probe, in_turn
from tests.serving import free_port

CLIENTS = 10_000
WORKERS = 4
# Accounts; how many are the most, whoever measures says
FEWEST, MANY = 1_000, 100_000
# Sessions that a round of housekeeping finds expired, whatever else there is
EXPIRED = 1_000
FIRST, REPEAT, HOUSEKEEPING = "first-sign-in", "repeat-sign-in", "housekeeping"


def called(what: str, accounts: int) -> str:
    return f"{what}, {accounts:,} accounts"


async def measured_scale(bench: Bench, most: int) -> Results:
    """Sign-ins and housekeeping in turn at installations of several sizes, beside the smallest."""
    sizes = sorted({FEWEST, min(MANY, most), most})
    probes: dict[str, Probe] = {}
    async with AsyncExitStack() as opened:
        for size in sizes:
            bench.say(f"an installation of {size:,} accounts")
            probes |= await _installation(bench, opened, size)
        bench.say("what a sign-in costs there")
        found = await in_turn(probes, bench.effort.runs)
    rows = tuple(
        Row(
            what=called(what, size),
            database=SQLITE,
            alg="" if what == HOUSEKEEPING else "RS256",
            in_flight=0 if what == HOUSEKEEPING else TYPICAL_SIGN_IN,
            samples=found[called(what, size)],
            floors={} if size == FEWEST else {f"{FEWEST:,} accounts": found[called(what, FEWEST)]},
        )
        for what in (FIRST, REPEAT, HOUSEKEEPING)
        for size in sizes
    )
    return Results(rows) + await _more_workers(bench)


async def _installation(bench: Bench, opened: AsyncExitStack, size: int) -> dict[str, Probe]:
    """What is measured of a bridge with so many accounts, which runs until all are closed."""
    folder, variant = bench.new_folder(), Variant(clients=CLIENTS)
    settings = settings_of(variant, folder, free_port(), bench.wechat_url)
    await register(variant, settings, folder)
    async with served(folder, settings, variant):
        pass  # it has written down that its people are simulated ones
    path = Path(settings["DATABASE"].removeprefix("sqlite://"))
    await asyncio.to_thread(populate, path, size, CLIENTS)
    running = await opened.enter_async_context(served(folder, settings, variant))
    await bench.warm(running)
    rounds = count()

    async def keep_house(_: int) -> Sample:
        """Work of this process, which has nothing else to do meanwhile."""
        async with opened_store(settings, folder) as store:
            expire(path, EXPIRED, str(next(rounds)))
            began, work = time.perf_counter(), time.process_time()
            removed = await store.forget_expired(now=LATER, audit_before=None)
            work, took = time.process_time() - work, time.perf_counter() - began
        assert removed == EXPIRED, removed  # noqa: S101 - or it would be cheap
        return Sample(work, 1 / took, took, took, took)

    number = bench.effort.sign_ins
    sign_ins = {
        called(what, size): bench.load(
            running, JOBS[what], in_flight=TYPICAL_SIGN_IN, number=number
        )
        for what in (FIRST, REPEAT)
    }
    return sign_ins | {called(HOUSEKEEPING, size): Probe(keep_house, 1)}


async def _more_workers(bench: Bench) -> Results:
    """Several workers beside one, each with a database of its own."""
    if not bench.can(POSTGRESQL):
        return Results()
    bench.say("more workers")
    names = {1: f"{FIRST}, 1 worker", WORKERS: f"{FIRST}, {WORKERS} workers"}
    async with AsyncExitStack() as opened:
        probes: dict[str, Probe] = {}
        for workers, name in names.items():
            variant = Variant(database=POSTGRESQL, workers=workers)
            running = await bench.warm(await opened.enter_async_context(bench.bridge(variant)))
            number = bench.effort.sign_ins
            probes[name] = bench.load(running, JOBS[FIRST], in_flight=TYPICAL, number=number)
        found = await in_turn(probes, bench.effort.runs)
    return Results(
        tuple(
            Row(
                what=name,
                database=POSTGRESQL,
                alg="RS256",
                in_flight=TYPICAL,
                samples=found[name],
                floors={} if workers == 1 else {"1 worker": found[names[1]]},
            )
            for workers, name in names.items()
        )
    )
