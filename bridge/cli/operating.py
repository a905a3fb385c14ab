"""What every command does the same way: read the settings, and say in one line why it cannot."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from bridge.app import key_directory, open_keys, open_store
from bridge.cli.container import check_data_lasts
from bridge.config import BadSettings, Settings, read_settings
from bridge.signing_keys import KeyHolder, KeysOnDisk
from bridge.store import Store, UnusableDatabase
from keys import UnusableKeys

T = TypeVar("T")


class Unusable(click.ClickException):
    """The operator has to change something before any command can work."""

    exit_code = 2


_config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="BRIDGE_CONFIG",
    help="The settings file.  [default: bridge.toml, if it exists]",
)


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config FILE`` to a command."""
    return _config_option(command)


def operator_settings(config: Path | None) -> Settings:
    """Return the settings, or end with one line and status 2."""
    with plain_failures():
        settings = read_settings(config, os.environ)
        check_data_lasts(settings, os.environ)
        return settings


@contextmanager
def plain_failures() -> Generator[None]:
    """End with one line and status 2 where the operator has to change something."""
    try:
        yield
    except (BadSettings, UnusableDatabase, UnusableKeys) as error:
        raise Unusable(str(error)) from None


@asynccontextmanager
async def opened_keys(settings: Settings) -> AsyncGenerator[KeyHolder]:
    """Open the signing keys, and the database only where they cannot do without."""
    path = None if settings.keys_are_stored else settings.keys_path
    if path is not None and (directory := key_directory(settings, path)).is_there():
        yield KeysOnDisk(directory)
        return
    store = await open_store(settings)
    try:
        yield await open_keys(settings, store)
    finally:
        await store.close()


def on_keys(settings: Settings, act: Callable[[KeyHolder], Awaitable[T]]) -> T:
    """Do this with the keys that the settings name."""

    async def opened() -> T:
        async with opened_keys(settings) as keys:
            return await act(keys)

    with plain_failures():
        return asyncio.run(opened())


def on_store(settings: Settings, verb: Callable[[Store], Awaitable[T]]) -> T:
    """Run one verb on the store that the settings name."""

    async def act() -> T:
        store = await open_store(settings)
        try:
            return await verb(store)
        finally:
            await store.close()

    with plain_failures():
        return asyncio.run(act())
