"""What is compared with one another run by run: each number of a ratio is of the same minutes."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.bench import POSTGRESQL, Bench
from benchmarks.cases import COMPLETE, TYPICAL, TYPICAL_SIGN_IN, Case
from benchmarks.figures import Results, Row
from benchmarks.peers import node
from benchmarks.stand import Served, Variant
from benchmarks.turns import in_turn

BASE = Case("first-sign-in", TYPICAL_SIGN_IN)
WITHIN_WECHAT = Case("sign-in-within-wechat", TYPICAL_SIGN_IN)
ES256 = Case("first-sign-in", TYPICAL_SIGN_IN, "ES256")
ON_POSTGRESQL = Case("first-sign-in", TYPICAL_SIGN_IN, database=POSTGRESQL)
TOKEN = Case("token", TYPICAL)
DISCOVERY = Case("discovery", TYPICAL)
JWKS = Case("jwks", TYPICAL)


PEER = f"{BASE.name} at {node.NAME}"


async def beside_peer(bench: Bench) -> Results:
    """Complete sign-ins here and there."""
    return await compared(bench, (BASE,))


async def beside_one_another(bench: Bench) -> Results:
    """Everything that the goals compare with something else than its floors."""
    cases = (BASE, WITHIN_WECHAT, ES256, ON_POSTGRESQL, TOKEN, DISCOVERY, JWKS)
    return await compared(bench, [case for case in cases if bench.can(case.database)])


async def compared(bench: Bench, cases: Sequence[Case]) -> Results:
    """Measure all cases and the peer in turn, each beside its floors, and beside the base case."""
    bench.say("what is compared with one another, in turn")
    async with AsyncExitStack() as opened:
        probes = {name: bench.floor(name, case.in_flight) for case in cases for name in case.floors}
        bridges: dict[Variant, Served] = {}
        for case in cases:
            if case.variant not in bridges:
                served = await opened.enter_async_context(bench.bridge(case.variant))
                bridges[case.variant] = await bench.warm(served)
            probes[case.label] = case.probe(bench, bridges[case.variant])
        notes: tuple[str, ...] = ()
        try:
            served = await opened.enter_async_context(node.node_oidc_provider(bench.new_folder()))
            probes[PEER] = BASE.probe(bench, await bench.warm(served))
        except node.Missing as missing:
            notes = (str(missing),)
        found = await in_turn(probes, bench.effort.runs)
    rows = [case.row(found, *_beside(case), key=case.label) for case in cases]
    if PEER in found:
        rows.append(Row(what=PEER, alg=BASE.alg, in_flight=BASE.in_flight, samples=found[PEER]))
    return Results(tuple(rows), notes=notes)


def _beside(case: Case) -> tuple[str, ...]:
    if case == BASE:
        return (PEER,)
    return (BASE.label,) if case.name in COMPLETE else ()
