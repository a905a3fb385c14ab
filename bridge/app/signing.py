"""The signing keys, opened where the settings say that they are."""

from pathlib import Path

from bridge.config import Settings
from bridge.signing_keys import NAME, Care, KeyHolder, KeySealer, KeysInStore, KeysOnDisk
from bridge.store import Store
from keys import KeyDirectory, KeyPolicy, UnusableKeys


def key_policy(settings: Settings) -> KeyPolicy:
    return KeyPolicy(
        propagation=settings.key_announced,
        rotation=settings.key_active,
        overlap=settings.key_published_on,
    )


def key_directory(settings: Settings, path: Path) -> KeyDirectory:
    return KeyDirectory(path, key_policy(settings), settings.algorithms)


def stored_keys(settings: Settings, store: Store, *, inherit: bool = False) -> KeysInStore:
    """Return the keys in the store; ``inherit`` those of the folder where the store has none."""
    path = settings.keys_path if inherit else None
    return KeysInStore(
        store,
        KeySealer(settings.secret_values),
        Care(
            policy=key_policy(settings),
            algorithms=settings.algorithms,
            read_every=settings.keys_read_every,
            inherited=tuple if path is None else key_directory(settings, path).kept,
        ),
    )


async def open_keys(settings: Settings, store: Store) -> KeyHolder:
    """Return what holds the keys. Raises UnusableKeys where they would be made anew for nothing.

    Keys of the folder are taken into the store unasked, for they are sealed there. The other way
    they would be written down in the clear: that takes the operator's word.
    """
    if settings.keys_are_stored:
        return stored_keys(settings, store, inherit=True)
    if settings.keys_path is None:
        raise UnusableKeys("there is no folder for the signing keys: set keys_directory")
    directory = key_directory(settings, settings.keys_path)
    if not directory.is_there() and await store.decided(NAME) is not None:
        raise UnusableKeys(
            f"{settings.keys_path} has no signing keys, and the database has some: set keys to"
            " database, or run wechat-oidc keys move --to directory"
        )
    return KeysOnDisk(directory)
