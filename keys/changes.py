"""What becomes of the keys when somebody changes them, wherever they are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keys.algorithms import Jwk
from keys.lifecycle import KeyPolicy, SigningKey
from keys.ring import KeyRing

# Such as ``advance`` and ``rotate``: keys, now, policy, algorithms and how a key is made, in;
# the keys that there are from now on, out. It may be called again, on other keys.
KeyChange = Callable[
    [Sequence[SigningKey], int, KeyPolicy, Sequence[str], Callable[[str], Jwk]],
    tuple[SigningKey, ...],
]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change has left: the keys ``before``, and the ring of those that there are now."""

    before: tuple[SigningKey, ...]
    ring: KeyRing

    @property
    def made(self) -> list[SigningKey]:
        """The keys that are new, or begin at another time than before."""
        known = {(key.kid, key.active_from) for key in self.before}
        return [key for key in self.ring.keys if (key.kid, key.active_from) not in known]

    @property
    def gone(self) -> list[SigningKey]:
        """The keys that are no longer there."""
        kids = {key.kid for key in self.ring.keys}
        return [key for key in self.before if key.kid not in kids]
