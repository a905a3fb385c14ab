"""All signing keys as one sealed text: what the store keeps.

One text, so that it is replaced as a whole, and whoever can write rows can neither exchange one key
for another nor change from when it signs. What is published comes from what opens.
"""

from collections.abc import Sequence

from bridge.sealing import BrokenSeal, Sealer
from keys import SigningKey, UnusableKeys, read_signing_keys, write_signing_keys

KIND = "signing keys"


class KeySealer:
    """The first of ``secrets`` seals, all of them open."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._every = Sealer(KIND, secrets)

    def seal(self, keys: Sequence[SigningKey]) -> str:
        return self._every.seal({KIND: write_signing_keys(keys).decode()})

    def open(self, sealed: str, *, now: int) -> tuple[SigningKey, ...]:
        """Return the keys; raise UnusableKeys where none of the secrets opens them."""
        try:
            text: str = self._every.open(sealed, now=now)[KIND]
        except BrokenSeal:
            raise UnusableKeys(
                "the signing keys in the database were sealed with another secret: add the former"
                " one at the end of the setting secrets"
            ) from None
        try:
            return read_signing_keys(text.encode())
        except ValueError as error:
            raise UnusableKeys(
                f"the signing keys in the database cannot be used: {error}"
            ) from None
