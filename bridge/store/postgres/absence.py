"""Whether the server is away, as far as is known.

After a failure to reach it nobody tries for a moment, then one looks whether it is back, and all
others are answered at once, however many there are.
"""

from collections.abc import Callable

from bridge.store.postgres.failures import Away, plain

# Seconds in which nobody tries again after the server could not be reached
AWAY = 0.5


class Absence:
    """``longest_look``: seconds after which whoever looks whether it is back has found out."""

    def __init__(self, longest_look: float, clock: Callable[[], float]) -> None:
        self._longest_look = longest_look
        self._clock = clock
        # Why nobody tries, and until when: empty, where it was reached since
        self._fault = ""
        self._until = 0.0

    def check(self) -> None:
        """Raise Away where this one is not to try."""
        if not self._fault:
            return
        now = self._clock()
        if now < self._until:
            raise Away(self._fault)
        # This one looks whether it is back, and the others do not wait for that.
        self._until = now + self._longest_look

    def begin(self, failure: BaseException) -> Away:
        """It could not be reached; return how that is told."""
        self._fault = plain(failure)
        self._until = self._clock() + AWAY
        return Away(self._fault)

    def end(self) -> None:
        """It was reached."""
        self._fault = ""
