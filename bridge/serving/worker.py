"""One worker: a process that is forked, and the place in which it is replaced."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from bridge.telemetry import Event
from bridge.telemetry.shield import report


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, and how often."""

    # Between two signs of life of a worker
    beat: float = 5
    # Without one, a worker is stuck, and is ended
    silence: float = 60
    # A worker that ends is replaced: at once if it had worked for ``steady``, else after a while
    # that doubles each time up to ``longest``
    steady: float = 60
    shortest: float = 0.5
    longest: float = 30
    # That many in a row did not come to work, and none is left that does: nobody tries any more.
    tries: int = 5
    # What the workers have for their end, in all
    end: float = 10

    def delay(self, hasty: int) -> float:
        """How long to wait after so many ends in a row; the first is replaced at once."""
        if hasty <= 1:
            return 0
        return min(self.longest, self.shortest * 2.0 ** min(hasty - 2, 16))


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker is told, and how it tells that it is ready, and alive."""

    number: int
    # Can be read, and says nothing, as soon as the worker is to stop
    lifeline: int
    beat: float
    pulse: int

    def tell(self) -> None:
        """The first time: I am ready. Later: I am alive."""
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self.pulse, b".")


@dataclass(slots=True)
class Place:
    """That of one worker, and of those who replace it."""

    number: int
    start_at: float
    pid: int | None = None
    pulse: int | None = None
    is_ready: bool = False
    heard_at: float = 0
    ready_at: float = 0
    # Ends in a row after which it had not worked for long
    hasty: int = 0

    def start(
        self, work: Callable[[Worker], int], lifeline: int, beat: float, not_theirs: Iterable[int]
    ) -> None:
        """Fork. The descriptors ``not_theirs`` are closed in the worker."""
        pulse, told = os.pipe()
        for descriptor in (pulse, told):
            os.set_blocking(descriptor, False)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        worker = Worker(self.number, lifeline, beat, told)
        pid = os.fork()
        if pid == 0:
            _become(worker, work, (pulse, *not_theirs))
        os.close(told)
        self.pid, self.pulse, self.is_ready = pid, pulse, False
        self.heard_at = monotonic()

    def ended(self) -> int | None:
        """The exit status of a worker that is no more (a signal's number below 0), once."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        if self.pulse is not None:
            os.close(self.pulse)
        self.pid, self.pulse, self.is_ready = None, None, False
        return os.waitstatus_to_exitcode(status)


def _become(worker: Worker, work: Callable[[Worker], int], not_ours: Iterable[int]) -> None:
    """Be a worker from here on, and never return: what is above belongs to the other process."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in not_ours:
            os.close(descriptor)
        status = work(worker)
    except BaseException as fault:  # noqa: BLE001 - see above
        report(fault, Event.WORKER_ENDED)
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


async def until_told(worker: Worker) -> None:
    """Tell that this worker is ready, and that it is alive, until it is to stop.

    SIGTERM to a worker alone stops it, too; another takes its place.
    """
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    loop.add_reader(worker.lifeline, stopped.set)
    while not stopped.is_set():
        worker.tell()
        with suppress(TimeoutError):
            async with asyncio.timeout(worker.beat):
                await stopped.wait()
    loop.remove_reader(worker.lifeline)
