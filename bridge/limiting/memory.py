"""Counters within this process.

Not the library's: its storage looks through all counters at every count, and keeps as many as
there are addresses in the world (docs/decisions).
"""

from collections.abc import Callable

# Each is about 150 bytes. Whoever has half as many addresses cannot be limited by address.
MOST_COUNTED = 20_000

# A window is one number, when it ends and how many there are: a pair would take twice the room.
_BITS = 32
_COUNT = (1 << _BITS) - 1


class Windows:
    """How often each key was counted since its window of so many ``seconds`` began.

    ``now`` is in whole seconds. A bounded number of windows is kept, in two generations: when the
    young are as old as a window lasts, or half of ``most``, they are the old, and the old before
    them, all of which have ended or else began first, are let go.
    """

    def __init__(self, now: Callable[[], int], seconds: int, most: int = MOST_COUNTED) -> None:
        self._now = now
        self._seconds = seconds
        self._most_young = most // 2
        self._young = dict[str, int]()
        self._old = dict[str, int]()
        self._young_since = 0

    def count(self, key: str) -> int:
        """Count one more in this key's window; return how many there are."""
        if not self.left(key):
            self.begin(key, self._seconds)
        windows = self._young if key in self._young else self._old
        windows[key] += 1
        return windows[key] & _COUNT

    def begin(self, key: str, seconds: int) -> None:
        """Begin a window in which nothing was counted yet, and which may be a shorter one."""
        now = self._now()
        age = now - self._young_since
        if age < 0:  # the clock was put back: what seems too long by now is no window
            self._young_since, age = now, 0
        if age >= self._seconds or len(self._young) >= self._most_young:
            self._old = self._young if age < 2 * self._seconds else {}
            self._young, self._young_since = {}, now
        self._young[key] = now + seconds << _BITS

    def left(self, key: str) -> int:
        """Return the seconds until the key's window ends; 0 if there is none.

        One that seems longer than windows are was begun before the clock was put back, and counts
        no more.
        """
        window = self._young.get(key) or self._old.get(key, 0)
        left = (window >> _BITS) - self._now()
        return left if 0 < left <= self._seconds else 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
