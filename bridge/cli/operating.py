"""What every command does the same way: read the settings, and say in one line why it cannot."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from bridge.app import open_store
from bridge.cli.container import check_data_lasts
from bridge.config import BadSettings, Settings, read_settings
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
