"""What holds the signing keys for a running bridge."""

from typing import Protocol

from keys import Changed, KeyChange, KeyDirectory, KeyRing


class KeyHolder(Protocol):
    """Both may raise keys.UnusableKeys, with one line for the operator."""

    async def ring(self, now: int) -> KeyRing:
        """Return the keys of this moment: the same object for as long as nothing changes.

        It is asked at every request, and costs next to nothing.
        """
        ...

    async def change(self, change: KeyChange, now: int) -> Changed:
        """Replace the keys by what ``change`` makes of them; no other change comes between."""
        ...


class KeysOnDisk:
    """A folder, shared by the processes of one machine."""

    def __init__(self, directory: KeyDirectory) -> None:
        self._directory = directory

    async def ring(self, now: int) -> KeyRing:
        return self._directory.ring(now)

    async def change(self, change: KeyChange, now: int) -> Changed:
        return self._directory.change(change, now)
