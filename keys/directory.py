"""Signing keys on disk, shared by any number of processes of one machine.

The keys are one file, only ever replaced as a whole. Readers take no lock. A writer holds the lock
from its reading to its replacing, so that two writers cannot both make the next key.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from keys.algorithms import ALGORITHMS, DEFAULT_ALGORITHMS, Jwk, generate_key
from keys.changes import Changed, KeyChange
from keys.document import read_signing_keys, write_signing_keys
from keys.lifecycle import KeyPolicy, SigningKey, advance, due_at, rotate
from keys.ring import KeyRing

# All keys are in it.
KEYS_FILE = "signing-keys.json"

LOGGER = logging.getLogger("keys")

# Seconds until what could not be written is tried again.
RETRY = 300


class UnusableKeys(Exception):
    """The signing keys cannot be read or written; the text is one line for the operator."""


# What differs when another file has taken the place of the one that was read: the moment of its
# last change in nanoseconds, its inode and its size
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Held:
    """The file as last read or written."""

    stamp: _Stamp
    ring: KeyRing
    due_at: int


class KeyDirectory:
    """A directory (0700, made when needed) with the file ``signing-keys.json`` (0600).

    ``algorithms`` are those that get keys and sign; the keys of an algorithm that is left out
    later stay published, sign no more and get no successor. Without the file, new keys are made;
    over a file that cannot be used, never. Every method may raise ``UnusableKeys``.
    """

    def __init__(
        self,
        path: Path,
        policy: KeyPolicy,
        algorithms: Sequence[str] = DEFAULT_ALGORITHMS,
        generate: Callable[[str], Jwk] = generate_key,
    ) -> None:
        """Touch nothing yet. Raises ``ValueError`` for no or unknown algorithms."""
        if not algorithms or set(algorithms) - set(ALGORITHMS):
            raise ValueError(f"signing keys are for one or more of {', '.join(ALGORITHMS)}")
        self._path = path
        self._file = path / KEYS_FILE
        self._name = str(self._file)
        self._policy = policy
        self._algorithms = tuple(dict.fromkeys(algorithms))
        self._generate = generate
        self._held: _Held | None = None
        # The second in which ``ring`` last looked at the file
        self._looked_at = -1

    def ring(self, now: int) -> KeyRing:
        """Return the keys of this moment: the same object for as long as nothing changes.

        It costs one ``stat`` in a second: what another process changes is seen in the next one.
        Only when the file was replaced is it read, and only when a key is due to be made or
        forgotten is the lock taken and the file replaced.
        """
        held = self._held if now == self._looked_at else self._current()
        self._looked_at = now
        if held is None:
            held, _ = self._change(advance, now)
        elif held.due_at <= now:
            held = self._advanced(held, now)
        return held.ring

    def _advanced(self, held: _Held, now: int) -> _Held:
        """Make or forget what is due. Where that cannot be written, the active key signs on.

        It does so until its successor has been announced, so that a full disk stops nobody; the
        operator reads why, and a day is left to mend it before a rotation is late.
        """
        try:
            held, _ = self._change(advance, now)
        except UnusableKeys as failure:
            LOGGER.warning("%s", failure)
            held = self._held = replace(held, due_at=now + RETRY)
        return held

    def is_there(self) -> bool:
        """Whether there is a file, usable or not."""
        with self._explained():
            return self._file.exists()

    def kept(self) -> tuple[SigningKey, ...]:
        """Return the keys of the file as they are; none where there is no file."""
        held = self._current()
        return held.ring.keys if held else ()

    def change(self, change: KeyChange, now: int) -> Changed:
        """Apply ``change`` to what the file says once the lock is ours, and write the result."""
        held, before = self._change(change, now)
        return Changed(before, held.ring)

    def rotate(self, now: int) -> list[SigningKey]:
        """Announce a successor of each active key that has none; return the keys that were made."""
        return self.change(rotate, now).made

    def _current(self) -> _Held | None:
        """Return what the file says now; None if there is none."""
        try:
            stamp = _stamp(os.stat(self._name))  # noqa: PTH116 - a Path takes twice as long
        except FileNotFoundError:
            stamp = None
        except OSError as error:
            raise self._unusable(error) from error
        held = self._held
        if held is None or held.stamp != stamp:
            held = self._held = None if stamp is None else self._read()
        return held

    def _read(self) -> _Held:
        with self._explained(), self._file.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & 0o077:
                raise UnusableKeys(f"{self._file} is open to others than its owner: chmod 600 it")
            if status.st_uid not in (0, os.geteuid()):
                raise UnusableKeys(f"{self._file} belongs to another user: chown it")
            if self._path.stat().st_mode & 0o002:
                raise UnusableKeys(f"{self._path} can be written by everybody: chmod 700 it")
            text = file.read()
        try:
            return self._hold(read_signing_keys(text), _stamp(status))
        except ValueError as error:
            raise UnusableKeys(f"{self._file} cannot be used: {error}") from None

    def _hold(self, keys: tuple[SigningKey, ...], stamp: _Stamp) -> _Held:
        ring = KeyRing(keys, self._policy, self._algorithms)
        return _Held(stamp, ring, due_at(keys, self._policy, self._algorithms))

    def _change(self, change: KeyChange, now: int) -> tuple[_Held, tuple[SigningKey, ...]]:
        """Apply ``change`` as above; return also the keys that there were before."""
        with self._explained(), self._locked():
            held = self._current()
            before = held.ring.keys if held else ()
            after = change(before, now, self._policy, self._algorithms, self._generate)
            if held is None or after != before:
                held = self._held = self._hold(after, self._write(after))
        return held, before

    def _write(self, keys: Sequence[SigningKey]) -> _Stamp:
        """Replace the file so that a reader, and a machine that stops, has the old or the new."""
        unfinished = self._path / "signing-keys.json.new"
        unfinished.unlink(missing_ok=True)  # of a process that was killed
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(write_signing_keys(keys))
            file.flush()
            os.fsync(descriptor)
            stamp = _stamp(os.fstat(descriptor))
        unfinished.replace(self._file)
        with _descriptor(self._path, os.O_RDONLY | os.O_DIRECTORY) as directory:
            os.fsync(directory)
        return stamp

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Wait for the lock; the system releases that of a process which dies."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _descriptor(self._path / "signing-keys.lock", os.O_RDWR | os.O_CREAT) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Tell the operator which file it was that the system refused."""
        try:
            yield
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> UnusableKeys:
        return UnusableKeys(f"{self._file} cannot be used: {error}")


@contextmanager
def _descriptor(path: Path, flags: int) -> Generator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_mtime_ns, status.st_ino, status.st_size
