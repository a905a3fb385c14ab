"""Several processes that find the same thing to do at the same moment: it is done once."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bridge.store import Store
from tests.signing_keys.conftest import address_of
from tests.signing_keys.nodes import POLICY, READ_EVERY, open_engine

REPOSITORY = Path(__file__).parents[2]
PROCESSES = 3

pytestmark = pytest.mark.anyio


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.every_variant), "postgresql"],
)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return address_of(request, tmp_path)


@pytest.fixture
async def nodes(address: str) -> "AsyncIterator[list[subprocess.Popen[str]]]":
    engine = open_engine(address)
    await Store(engine).migrate()
    await engine.close()
    command = [sys.executable, "-m", "tests.signing_keys.another_node", address]
    with ExitStack() as running:
        started = [
            running.enter_context(
                subprocess.Popen(  # noqa: S603, ASYNC220 - our own program, and nobody waits here
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=REPOSITORY,
                )
            )
            for _ in range(PROCESSES)
        ]
        for process in started:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        yield started
        for process in started:
            assert process.stdin
            process.stdin.close()


def all_do(nodes: "list[subprocess.Popen[str]]", verb: str, now: int) -> list[list[str]]:
    """Return what each has once all have done it at once."""
    for process in nodes:
        assert process.stdin
        process.stdin.write(f"{verb} {now}\n")
        process.stdin.flush()
    answers: list[list[str]] = []
    for process in nodes:
        assert process.stdout
        answers.append(process.stdout.readline().split())
    return answers


def alike(answers: list[list[str]]) -> list[str]:
    assert all(answer == answers[0] for answer in answers), answers
    return answers[0]


async def test_processes_make_the_first_keys_and_every_successor_once(
    nodes: "list[subprocess.Popen[str]]",
) -> None:
    first = alike(all_do(nodes, "ring", 0))
    assert len(first) == 2
    rotated = alike(all_do(nodes, "rotate", 20))
    assert rotated[:2] == first
    assert len(set(rotated)) == 4
    all_do(nodes, "ring", 20 + POLICY.propagation)
    begun = 20 + POLICY.propagation
    for round_ in range(1, 6):
        due = begun + round_ * POLICY.rotation - POLICY.propagation
        # those that read a moment before the others wrote, read again after a while
        all_do(nodes, "ring", due)
        kept = alike(all_do(nodes, "ring", due + READ_EVERY))
        assert len(set(kept)) == len(kept) == 4, "one successor of each of the two"
