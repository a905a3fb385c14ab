"""What is there when serving begins is not looked at again: workers go on sharing it."""

import gc
import subprocess
import sys
import weakref

from bridge.serving import settled
from bridge.serving.heap import YOUNG

# In a process of its own, with all that a supervisor has. The child is a worker in which the
# collector makes a full pass; told is how much of its memory is then no longer shared, in KiB.
PROGRAM = """
import gc, os
import bridge.cli.serve
from bridge.serving import settled

def own():
    with open("/proc/self/smaps_rollup") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("Private_Dirty:"))

with settled():
    child = os.fork()
    if child == 0:
        before = own()
        gc.collect()
        print(own() - before, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
print(gc.get_freeze_count())
"""

# KiB. All that was imported is more than ten times as much.
A_LITTLE = 4_096


class Node:
    """Refers to itself, so that only the collector finds out that nobody else does."""

    def __init__(self) -> None:
        self.itself = self


def test_a_full_pass_in_a_worker_takes_no_copies_of_what_it_shares() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    copied, frozen_afterwards = map(int, done.stdout.split())
    assert copied < A_LITTLE
    assert frozen_afterwards == 0


def test_garbage_of_later_is_still_found() -> None:
    with settled():
        gone = weakref.ref(Node())
        assert gone() is not None
        gc.collect()
        assert gone() is None


def test_garbage_is_found_by_itself_and_seldom_looked_for() -> None:
    before = gc.get_threshold()
    with settled():
        gone = weakref.ref(Node())
        looked = gc.get_stats()[0]["collections"]
        for _ in range(3 * YOUNG):
            Node()
        assert gone() is None
        assert gc.get_stats()[0]["collections"] - looked <= 4
    assert gc.get_threshold() == before
