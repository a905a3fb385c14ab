"""Counters within this process.

Not the library's: its storage looks through all counters at every count, and keeps as many as
there are addresses in the world (docs/decisions).
"""

from collections import OrderedDict
from collections.abc import Callable

# Each is about 400 bytes. Whoever has more addresses than this cannot be limited by address.
MOST_COUNTED = 20_000


class Windows:
    """How often each key was counted since its window began. ``now`` is in whole seconds.

    A bounded number of them: those that have ended go first, then those that began first.
    """

    def __init__(self, now: Callable[[], int], most: int = MOST_COUNTED) -> None:
        self._now = now
        self._most = most
        # How many, and when the window ends; those that began first stand first
        self._windows = OrderedDict[str, tuple[int, int]]()

    def count(self, key: str, seconds: int) -> int:
        """Count one more in this key's window of so many seconds; return how many there are."""
        if not self.left(key, seconds):
            self.begin(key, seconds)
        counted, ends_at = self._windows[key]
        self._windows[key] = counted + 1, ends_at
        return counted + 1

    def begin(self, key: str, seconds: int) -> None:
        """Begin a window in which nothing was counted yet."""
        self._windows.pop(key, None)
        now, windows = self._now(), self._windows
        while windows:
            _, ends_at = windows[next(iter(windows))]
            if len(windows) < self._most and ends_at > now:
                break
            windows.popitem(last=False)
        windows[key] = 0, now + seconds

    def left(self, key: str, seconds: int) -> int:
        """Return the seconds until the key's window ends, ``seconds`` at most; 0 if there is none.

        One that seems longer was begun before the clock was put back, and counts no more.
        """
        window = self._windows.get(key)
        left = 0 if window is None else window[1] - self._now()
        return left if 0 < left <= seconds else 0

    def __len__(self) -> int:
        return len(self._windows)
