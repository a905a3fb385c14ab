"""What becomes of the keys when one of them is known to somebody else.

A rotation gives relying parties time to learn the successor. Here there is none: whoever has the
key signs as we do for as long as it is published.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from keys.algorithms import Jwk
from keys.changes import KeyChange
from keys.lifecycle import KeyPolicy, SigningKey, advance, signing_key


class UnknownKey(LookupError):
    """There is no such key, or no longer; the text is its kid."""


def revoke(kids: Collection[str]) -> KeyChange:
    """Return the change that takes these keys away: they neither sign nor are published.

    Where the active key of an algorithm is among them, its successor signs from now on: the
    upcoming key, which some relying parties have learnt already, or else a new one. A retired key
    never signs again. The change raises UnknownKey where one of ``kids`` is not there.
    """

    def change(
        keys: Sequence[SigningKey],
        now: int,
        policy: KeyPolicy,
        algorithms: Sequence[str],
        generate: Callable[[str], Jwk],
    ) -> tuple[SigningKey, ...]:
        known = {key.kid for key in keys}
        for kid in kids:
            if kid not in known:
                raise UnknownKey(kid)
        left = [key for key in keys if key.kid not in kids]
        for alg in {key.alg for key in keys if key.kid in kids}.intersection(algorithms):
            if signing_key(keys, alg, now).kid in kids:
                left = _succeeded(left, alg, now, generate)
        return advance(left, now, policy, algorithms, generate)

    return change


def _succeeded(
    left: list[SigningKey], alg: str, now: int, generate: Callable[[str], Jwk]
) -> list[SigningKey]:
    """Return what is left with a key of ``alg`` that begins now."""
    upcoming = [key for key in left if key.alg == alg and now < key.active_from]
    if not upcoming:
        return [*left, SigningKey(generate(alg), alg, now)]
    successor = min(upcoming, key=lambda key: key.active_from)
    return [replace(key, active_from=now) if key is successor else key for key in left]
