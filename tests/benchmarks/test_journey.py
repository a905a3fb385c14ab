"""Small real benchmarks, of processes of their own, from the start to the table."""

from pathlib import Path

import pytest

from benchmarks.bench import Effort
from benchmarks.beside import BASE, PEER
from benchmarks.peers import node
from benchmarks.running import Wanted, run
from tests.strangers.missing import without

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]

FEW = Effort(runs=2, sign_ins=4, requests=30, floors=5)
EVERYTHING = (
    *("first-sign-in", "sign-in-within-wechat", "repeat-sign-in", "silent-sign-in", "token"),
    *("refresh", "userinfo", "introspection", "discovery", "jwks"),
)


async def test_everything_is_measured_beside_its_floor(tmp_path: Path) -> None:
    wanted = Wanted(is_short=True, only=(*EVERYTHING, "start", "memory"), sign_ins=10)
    results = await run(tmp_path, FEW, wanted, None)
    assert [row.what for row in results.rows if row.alg != "ES256"] == [*EVERYTHING, "start"]
    for row in results.rows:
        assert len(row.samples) == FEW.runs
        assert row.floors
        for floor in row.floors:
            assert row.ratio(floor) > 1 or floor.startswith("durable")
        for sample in row.samples:
            assert 0 < sample.p50 <= sample.p95 <= sample.p99
            assert sample.cpu > 0
            assert sample.throughput > 0
    assert [size.when for size in results.sizes] == [
        "at rest",
        "after warm-up",
        "after all sign-ins",
    ]
    assert all(10 * 2**20 < size.size < 2**30 for size in results.sizes)


async def test_a_large_installation_is_measured_beside_a_small_one(tmp_path: Path) -> None:
    results = await run(tmp_path, FEW, Wanted(only=("scale",), accounts=1_500), None)
    assert [row.what for row in results.rows] == [
        f"{what}, {size} accounts"
        for what in ("first-sign-in", "repeat-sign-in", "housekeeping")
        for size in ("1,000", "1,500")
    ]
    assert [list(row.floors) for row in results.rows] == [[], ["1,000 accounts"]] * 3


async def test_the_same_people_sign_in_at_the_peer(tmp_path: Path) -> None:
    if not node.is_installed():
        without("the packages of benchmarks/peers/node_oidc_provider are not installed")
    wanted = Wanted(only=("jwks",), is_short=True, with_peer=True)
    results = await run(tmp_path, FEW, wanted, None)
    _, ours, theirs = results.rows
    assert (ours.what, theirs.what) == (BASE.name, PEER)
    assert ours.floors[PEER] == theirs.samples
    assert not results.notes
