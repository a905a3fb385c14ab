"""Several processes on one listening socket, and one that looks after them.

The one forks the others, so it has neither threads nor an event loop. They inherit the socket: the
queue of those who wait to be let in is the same for all, and whoever is free takes the next. (With
SO_REUSEPORT each would have a queue of its own, and who waits in that of a process that is killed
would be lost with it.)

A worker ends when its end of a pipe, the lifeline, says so: when the other is closed, because all
are to stop, or because the one that looks after them is no more. Signals would not do: systemd
sends SIGTERM to all of a service, and a terminal SIGINT, so that a worker cannot know whether a
second one means "at once".
"""

import logging
import os
import select
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from time import monotonic
from types import FrameType

from bridge.serving.worker import Place, Timing, Worker
from bridge.telemetry import Event, emit

# The exit status of a command that cannot work before the operator changes something
UNUSABLE = 2


class NoWorkers(Exception):
    """No worker comes to work. ``status`` is for the command to end with."""

    def __init__(self, status: int) -> None:
        super().__init__(f"no worker could start: the last one ended with status {status}")
        self.status = status if status > 0 else 1


class Workers:
    """``work`` is what each of them does, in a process of its own; it returns the exit status.

    ``ready`` is called once, when all work; ``stopping`` once, when they are asked to stop.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Worker], int],
        *,
        ready: Callable[[], None],
        stopping: Callable[[], None],
        timing: Timing | None = None,
    ) -> None:
        self._work = work
        self._ready, self._stopping = ready, stopping
        self._timing = timing or Timing()
        self._places = [Place(number, monotonic()) for number in range(count)]
        self._lifeline: tuple[int, int] = os.pipe()
        self._asked = 0
        self._end_at: float | None = None
        self._were_ready, self._has_given_up = False, False
        self._failed, self._last_status = 0, 0
        self._looked_at = monotonic()

    def run(self) -> None:
        """Return when all have ended because they were asked to; raise NoWorkers."""
        with self._signals() as wakeup:
            try:
                while self._end_at is None or self._alive():
                    self._start_who_is_due()
                    self._wait(wakeup)
                    self._look_after()
            finally:
                self._end(signal.SIGKILL)
        if self._has_given_up:
            raise NoWorkers(self._last_status)

    def _alive(self) -> list[Place]:
        return [place for place in self._places if place.pid is not None]

    @contextmanager
    def _signals(self) -> Generator[int]:
        """Yield a descriptor that can be read when a signal has come."""
        reading, writing = os.pipe()
        for descriptor in (reading, writing):
            os.set_blocking(descriptor, False)
        before = {
            number: signal.signal(number, self._note)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        }
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._wakeup = (reading, writing)
        try:
            yield reading
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._asked += 1

    # Beginning

    def _start_who_is_due(self) -> None:
        if self._end_at is not None:
            return
        for place in self._places:
            if place.pid is None and place.start_at <= monotonic():
                self._start(place)

    def _start(self, place: Place) -> None:
        # Held by a worker, the other end of the lifeline would outlive whoever let go of it.
        pulses = [known.pulse for known in self._alive() if known.pulse is not None]
        ours = (self._lifeline[1], *self._wakeup, *pulses)
        place.start(self._work, self._lifeline[0], self._timing.beat, ours)

    # Looking after them

    def _wait(self, wakeup: int) -> None:
        """Until something has happened, or may have to be done."""
        now = monotonic()
        if self._end_at is None:
            moments = [place.start_at for place in self._places if place.pid is None]
        else:
            moments = [self._end_at]
        timeout = min((max(0.0, moment - now) for moment in moments), default=self._timing.beat)
        pulses = [place.pulse for place in self._alive() if place.pulse is not None]
        heard, _, _ = select.select([wakeup, *pulses], [], [], min(timeout, self._timing.beat))
        if wakeup in heard:
            with suppress(BlockingIOError):
                os.read(wakeup, 4_096)
        now = monotonic()
        if now - self._looked_at > 2 * self._timing.beat:
            # It was we who were stopped: a whole container may be.
            for place in self._alive():
                place.heard_at = now
        self._looked_at = now
        for place in self._alive():
            if place.pulse in heard:
                self._hear(place, now)

    def _hear(self, place: Place, now: float) -> None:
        if place.pulse is None or not os.read(place.pulse, 4_096):
            return
        place.heard_at = now
        if not place.is_ready:
            place.is_ready, place.ready_at = True, now
            self._failed = 0
        if not self._were_ready and all(known.is_ready for known in self._places):
            self._were_ready = True
            self._ready()

    def _look_after(self) -> None:
        now = monotonic()
        for place in self._alive():
            self._bury(place, now)
        if self._asked and self._end_at is None:
            self._stop(now)
        if self._end_at is not None:
            if self._asked > 1 or now >= self._end_at:
                self._end(signal.SIGKILL)
            return
        for place in self._alive():
            if place.pid is not None and now - place.heard_at > self._timing.silence:
                emit(Event.WORKER_ENDED, logging.ERROR, pid=place.pid, cause="it is stuck")
                os.kill(place.pid, signal.SIGKILL)
                place.heard_at = now

    def _stop(self, now: float) -> None:
        self._end_at = now + self._timing.end
        os.close(self._lifeline[1])
        self._stopping()

    def _end(self, by: signal.Signals) -> None:
        for place in self._alive():
            if place.pid is not None:
                os.kill(place.pid, by)

    def _bury(self, place: Place, now: float) -> None:
        """Note that a worker has ended, if it has, and when there is to be another."""
        was_ready, pid = place.is_ready, place.pid
        code = place.ended()
        if code is None or self._end_at is not None:
            return
        level = logging.ERROR if code else logging.INFO
        emit(Event.WORKER_ENDED, level, pid=pid, status=code)
        self._last_status = code
        if not was_ready:
            self._failed += 1
        is_steady = was_ready and (code == 0 or now - place.ready_at >= self._timing.steady)
        place.hasty = 0 if is_steady else place.hasty + 1
        place.start_at = now + self._timing.delay(place.hasty)
        is_unusable = code == UNUSABLE and not self._were_ready
        if is_unusable or self._failed >= self._timing.tries:
            self._has_given_up = not any(known.is_ready for known in self._places)
        if self._has_given_up:
            self._stop(now)
