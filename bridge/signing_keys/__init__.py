"""Where the signing keys are kept: in a folder of one machine, or, sealed, in the store.

``keys`` knows the life of a key; this package lets it be lived by one process or by many.
"""

from bridge.signing_keys.holder import KeyHolder, KeysOnDisk
from bridge.signing_keys.sealed import KeySealer
from bridge.signing_keys.stored import NAME, Care, KeysInStore

__all__ = ["NAME", "Care", "KeyHolder", "KeySealer", "KeysInStore", "KeysOnDisk"]
