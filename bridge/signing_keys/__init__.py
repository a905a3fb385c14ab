"""Where the signing keys are kept: in a folder of one machine, or, sealed, in the store.

``keys`` knows the life of a key; this package lets it be lived by one process or by many.
"""

from bridge.signing_keys.holder import KeyHolder, KeysOnDisk

__all__ = ["KeyHolder", "KeysOnDisk"]
