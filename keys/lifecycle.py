"""Which key signs now, and which keys are published: a function of the time alone.

A key begins at ``active_from`` and ends where its successor begins, which is the next key of the
same algorithm. Nothing else is stored, so there is no moment without an active key, and none
with two. The drawing is in ``keys``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from keys.algorithms import Jwk, check_key


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """How long a key is upcoming, active and retired, in seconds.

    ``propagation`` must exceed the time for which anybody may cache the JWK Set, and ``overlap``
    the life of anything that is signed. Raises ``ValueError`` when the three contradict.
    """

    propagation: int = 86_400
    rotation: int = 2_592_000
    overlap: int = 86_400

    def __post_init__(self) -> None:
        if min(self.propagation, self.rotation, self.overlap) <= 0:
            raise ValueError("propagation, rotation and overlap of keys must be positive")
        if self.propagation >= self.rotation:
            raise ValueError("propagation of keys must be shorter than their rotation")


@dataclass(frozen=True)
class SigningKey:
    """A private key that signs with ``alg`` from ``active_from`` until its successor does.

    Raises ``ValueError`` when ``alg`` cannot sign with the key.
    """

    jwk: Jwk = field(repr=False)
    alg: str
    active_from: int

    def __post_init__(self) -> None:
        check_key(self.jwk, self.alg)

    @cached_property
    def kid(self) -> str:
        """The thumbprint of the public half (RFC 7638 §3)."""
        return self.jwk.thumbprint()


class KeyState(StrEnum):
    UPCOMING = "upcoming"
    ACTIVE = "active"
    RETIRED = "retired"
    GONE = "gone"


def signing_key(keys: Sequence[SigningKey], alg: str, now: int) -> SigningKey:
    """Return the one key of ``alg`` that is active now.

    The oldest key is active before its time too: nobody else could sign, and the clock of the
    process that made it may be a second ahead. Raises ``LookupError`` if ``alg`` has no key.
    """
    candidates = _of(keys, alg)
    if not candidates:
        raise LookupError(f"there is no key for {alg}")
    begun = [key for key in candidates if key.active_from <= now]
    return begun[-1] if begun else candidates[0]


def state(key: SigningKey, keys: Sequence[SigningKey], now: int, policy: KeyPolicy) -> KeyState:
    """Return the state of ``key``, one of ``keys``."""
    gone_at = _gone_at(key, keys, policy)
    if gone_at is not None and gone_at <= now:
        return KeyState.GONE
    if key == signing_key(keys, key.alg, now):
        return KeyState.ACTIVE
    return KeyState.UPCOMING if now < key.active_from else KeyState.RETIRED


def published(keys: Sequence[SigningKey], now: int, policy: KeyPolicy) -> tuple[SigningKey, ...]:
    """Return the keys that are not gone, in their order."""
    return tuple(key for key in keys if state(key, keys, now, policy) is not KeyState.GONE)


def advance(
    keys: Sequence[SigningKey],
    now: int,
    policy: KeyPolicy,
    algorithms: Sequence[str],
    generate: Callable[[str], Jwk],
) -> tuple[SigningKey, ...]:
    """Forget keys that are gone; make the next one of each algorithm in time to announce it.

    Keys of other algorithms than ``algorithms`` get no successor. When nothing is due, the
    answer equals ``keys`` and ``generate`` is not called.
    """
    kept = published(keys, now, policy)
    made = (
        SigningKey(generate(alg), alg, active_from)
        for alg in algorithms
        if (active_from := _next_active_from(_of(kept, alg), now, policy)) is not None
    )
    return (*kept, *made)


def rotate(
    keys: Sequence[SigningKey],
    now: int,
    policy: KeyPolicy,
    algorithms: Sequence[str],
    generate: Callable[[str], Jwk],
) -> tuple[SigningKey, ...]:
    """Advance, then announce a successor for each algorithm that has no upcoming key.

    It takes over after ``propagation`` seconds, like any other: this is the operator's wish for
    new keys, and no answer to a key that was stolen.
    """
    advanced = advance(keys, now, policy, algorithms, generate)
    youngest = {alg: _of(advanced, alg)[-1] for alg in algorithms}
    made = (
        # the later of the two keeps the order of keys when this clock is behind
        SigningKey(generate(alg), alg, max(now, key.active_from) + policy.propagation)
        for alg, key in youngest.items()
        if state(key, advanced, now, policy) is KeyState.ACTIVE
    )
    return (*advanced, *made)


def due_at(keys: Sequence[SigningKey], policy: KeyPolicy, algorithms: Sequence[str]) -> int:
    """Return the first moment at which ``advance`` changes ``keys``; 0 if a key is missing."""
    announcements = (_announcement(_of(keys, alg), policy) for alg in algorithms)
    return min([*announcements, *_departures(keys, policy)])


def next_change(keys: Sequence[SigningKey], now: int, policy: KeyPolicy) -> int | None:
    """Return the next moment after ``now`` at which one of ``keys`` changes its state, if any.

    Whatever was computed from these keys holds until then.
    """
    moments = {*(key.active_from for key in keys), *_departures(keys, policy)}
    return min((moment for moment in moments if moment > now), default=None)


def _of(keys: Sequence[SigningKey], alg: str) -> list[SigningKey]:
    return sorted((key for key in keys if key.alg == alg), key=lambda key: key.active_from)


def _gone_at(key: SigningKey, keys: Sequence[SigningKey], policy: KeyPolicy) -> int | None:
    """Return the moment ``overlap`` after the successor of ``key`` took over, if it has one."""
    later = [other.active_from for other in _of(keys, key.alg)]
    successor = next((moment for moment in later if moment > key.active_from), None)
    return None if successor is None else successor + policy.overlap


def _departures(keys: Sequence[SigningKey], policy: KeyPolicy) -> Iterator[int]:
    moments = (_gone_at(key, keys, policy) for key in keys)
    return (moment for moment in moments if moment is not None)


def _announcement(ordered: Sequence[SigningKey], policy: KeyPolicy) -> int:
    """Return when the next key of this algorithm has to be made."""
    if not ordered:
        return 0
    return ordered[-1].active_from + policy.rotation - policy.propagation


def _next_active_from(ordered: Sequence[SigningKey], now: int, policy: KeyPolicy) -> int | None:
    """Return when a key that is to be made now takes over; None if none is to be made."""
    if not ordered:
        return now  # nobody can have cached a JWK Set with an earlier key
    if now < _announcement(ordered, policy):
        return None
    # After a pause, late rather than unannounced: until then the last key stays active.
    return max(ordered[-1].active_from + policy.rotation, now + policy.propagation)
