"""Signing keys in the store, shared by any number of nodes.

Each node holds the keys as it last read them, and reads them again when that was some seconds ago:
there is no timer, so a node that slept knows the keys of today before it uses any. Whoever finds a
change due makes it, and writes it by compare-and-swap: of several, one is first, and the others
take what it has made.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bridge.signing_keys.sealed import KeySealer
from bridge.store import Store, UnusableDatabase
from bridge.telemetry import Event, emit
from keys import (
    Changed,
    Jwk,
    KeyChange,
    KeyPolicy,
    KeyRing,
    SigningKey,
    UnusableKeys,
    advance,
    due_at,
    generate_key,
)

# Under this name the store keeps them.
NAME = "signing_keys"

# Each try that fails means that somebody else has made a change meanwhile.
TRIES = 20


@dataclass(frozen=True, slots=True)
class _Held:
    """The keys as last read or written. They are good as they are from ``since`` to ``until``."""

    sealed: str
    ring: KeyRing
    since: int
    until: int

    def is_good(self, now: int) -> bool:
        # A clock that was set back says nothing of how long ago something was.
        return self.since <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How keys in the store are looked after. ``read_every`` is in seconds."""

    policy: KeyPolicy
    algorithms: tuple[str, ...]
    read_every: int
    generate: Callable[[str], Jwk] = generate_key
    # Keys that were kept elsewhere: they are taken over where the store has none yet
    inherited: Callable[[], Sequence[SigningKey]] = tuple


class KeysInStore:
    """A ``KeyHolder``. Without keys in the store, and without people, keys are made.

    Over keys that do not open, never; ``change`` makes them where the operator wants it.

    Once there is a ring, a store that cannot be read stops nobody: the active key signs on.
    """

    def __init__(self, store: Store, sealer: KeySealer, care: Care) -> None:
        self._store = store
        self._sealer = sealer
        self._care = care
        self._held: _Held | None = None
        self._turn = asyncio.Lock()

    async def ring(self, now: int) -> KeyRing:
        held = self._held
        if held is None or not held.is_good(now):
            held = await self._refreshed(now)
        return held.ring

    async def kept(self, now: int) -> tuple[SigningKey, ...]:
        """Return the keys in the store as they are; none where it has none."""
        sealed = await self._store.decided(NAME)
        return () if sealed is None else self._sealer.open(sealed, now=now)

    async def change(self, change: KeyChange, now: int) -> Changed:
        async with self._turn:
            before, held = await self._change(change, now)
        return Changed(before, held.ring)

    async def _refreshed(self, now: int) -> _Held:
        """Read the store once, however many ask for it at this moment."""
        async with self._turn:
            held = self._held
            if held is not None and held.is_good(now):
                return held
            try:
                return await self._advanced(now)
            except (UnusableDatabase, UnusableKeys) as failure:
                if self._held is None:
                    raise
                return self._kept(self._held, failure, now)

    async def _advanced(self, now: int) -> _Held:
        """Return what the store says, or what it says once what is due is done."""
        sealed = await self._store.decided(NAME)
        if sealed is not None:
            held = self._hold(sealed, self._opened(sealed, now), now)
            if now < due_at(held.ring.keys, self._care.policy, self._care.algorithms):
                return held
        else:
            await self._check_may_begin()
        # Those who ask meanwhile have what is held: to make a key takes a while.
        _, held = await self._change(advance, now)
        return held

    async def _check_may_begin(self) -> None:
        """Raise UnusableKeys where there were keys, which apps have learnt, and they are lost.

        Nobody signs in before there are keys: where there are people, look once more for those.
        """
        people = await self._store.wechat_mark() is not None
        if people and not self._care.inherited() and await self._store.decided(NAME) is None:
            raise UnusableKeys(
                "the database has accounts and no signing keys: wechat-oidc keys move --to database"
                " --directory FOLDER brings those that there were, wechat-oidc keys revoke --all"
                " makes new ones"
            )

    def _kept(self, held: _Held, failure: Exception, now: int) -> _Held:
        """Go on with what was read before, for a while; say why."""
        told = failure if isinstance(failure, UnusableKeys) else type(failure).__name__
        emit(Event.SIGNING_KEYS_UNREADABLE, logging.WARNING, cause=str(told))
        kept = self._held = replace(held, since=now, until=now + self._care.read_every)
        return kept

    async def _change(self, change: KeyChange, now: int) -> tuple[tuple[SigningKey, ...], _Held]:
        """Replace the keys by what ``change`` makes of them; return those of before as well."""
        care = self._care
        for _ in range(TRIES):
            sealed = await self._store.decided(NAME)
            before = tuple(care.inherited()) if sealed is None else self._opened(sealed, now)
            after = await asyncio.to_thread(
                change, before, now, care.policy, care.algorithms, care.generate
            )
            if sealed is not None and after == before:
                return before, self._hold(sealed, after, now)
            _check(after, care)
            changed = self._sealer.seal(after)
            if await self._put(changed, former=sealed):
                if sealed is None and before:
                    emit(Event.SIGNING_KEYS_IMPORTED, kids=_kids(before))
                return before, self._hold(changed, after, now)
        raise UnusableKeys("the signing keys in the database are changed by others all the time")

    async def _put(self, sealed: str, *, former: str | None) -> bool:
        if former is None:
            return await self._store.decide(NAME, sealed) == sealed
        return await self._store.decide_again(NAME, former=former, value=sealed)

    def _opened(self, sealed: str, now: int) -> tuple[SigningKey, ...]:
        """What has not changed since it was read is not opened again."""
        held = self._held
        if held is not None and held.sealed == sealed:
            return held.ring.keys
        return self._sealer.open(sealed, now=now)

    def _hold(self, sealed: str, keys: tuple[SigningKey, ...], now: int) -> _Held:
        former, until = self._held, now + self._care.read_every
        ring = None if former is None else former.ring
        if ring is None or _names(ring.keys) != _names(keys):
            known, ring = ring, _check(keys, self._care)
            if known is not None:
                _tell(known.keys, keys)
        held = self._held = _Held(sealed, ring, now, until)
        return held


def _check(keys: tuple[SigningKey, ...], care: Care) -> KeyRing:
    try:
        return KeyRing(keys, care.policy, care.algorithms)
    except ValueError as error:
        raise UnusableKeys(f"the signing keys cannot be used: {error}") from None


def _names(keys: Sequence[SigningKey]) -> list[tuple[str, int]]:
    """What tells one ring from another; kids are thumbprints of the keys themselves."""
    return [(key.kid, key.active_from) for key in keys]


def _kids(keys: Sequence[SigningKey]) -> str | None:
    return " ".join(key.kid for key in keys) or None


def _tell(before: Sequence[SigningKey], after: Sequence[SigningKey]) -> None:
    """Write down what this node sees change, whoever has changed it."""
    known, left = {key.kid for key in before}, {key.kid for key in after}
    emit(
        Event.SIGNING_KEYS_CHANGED,
        new=_kids([key for key in after if key.kid not in known]),
        gone=_kids([key for key in before if key.kid not in left]),
    )
