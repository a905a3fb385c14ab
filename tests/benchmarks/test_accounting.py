"""What the operating system counts, of processes whose work is known."""

import subprocess
import sys
from collections.abc import Generator

import pytest

from benchmarks.accounting import cpu_seconds, family, memory

BURNT = 0.3
TAKEN = 40 * 2**20
# Both processes work so long, and take so much memory; the child works in a thread.
PROGRAM = f"""
import os, sys, threading, time
def work():
    began = time.thread_time()
    while time.thread_time() - began < {BURNT}: pass
reading, writing = os.pipe()
parent = os.fork()
taken = bytearray(os.urandom(1)) * {TAKEN}
if parent:
    work()
    told = float(os.read(reading, 100))
    print(told + time.process_time(), flush=True)
else:
    waiting = threading.Event()
    def in_thread():
        work()
        os.write(writing, str(time.process_time()).encode())
        waiting.wait()
    threading.Thread(target=in_thread, daemon=True).start()
os.read(0, 1)
"""


@pytest.fixture
def working() -> Generator[tuple[int, float]]:
    """A process with a child that have worked, and how many seconds both say that it was."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        yield process.pid, float(process.stdout.readline())
        process.communicate(b"..")


def test_the_work_of_a_process_is_that_of_all_threads_and_children(
    working: tuple[int, float],
) -> None:
    pid, told = working
    assert len(family(pid)) == 2
    assert told >= 2 * BURNT
    assert cpu_seconds(pid) == pytest.approx(told, abs=0.05)


def test_the_memory_of_a_process_is_that_of_all_children(working: tuple[int, float]) -> None:
    pid, _ = working
    assert 2 * TAKEN < memory(pid) < 2 * TAKEN + 40 * 2**20
