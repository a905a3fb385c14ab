"""``wechat-oidc database``: the database as a whole."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile

import click

from bridge.app import open_engine
from bridge.cli.backup import backup
from bridge.cli.operating import config_option, operator_settings, plain_failures
from bridge.config import BadSettings, Settings, with_database
from bridge.store import Engine, Store, UnusableDatabase
from bridge.store.copying import NotEmpty, copy_out, put_in


@click.group()
def database() -> None:
    """The database as a whole."""


database.add_command(backup)


@database.command()
@config_option
@click.option("--to", "address", help="The other database, as the setting database names one.")
@click.option(
    "--to-file",
    "file",
    type=click.Path(path_type=Path),
    help="A file that holds the same: what you type can be seen by others on this machine.",
)
def copy(config: Path | None, address: str | None, file: Path | None) -> None:
    """Copy everything into another database: SQLite to PostgreSQL, or back.

    Stop the bridge before. The other database must exist; its tables are made. It is refused where
    it has people or relying parties of its own. Prints how many rows each table has then.
    """
    settings = operator_settings(config)
    with plain_failures():
        other = with_database(settings, _address(address, file))
        counts = asyncio.run(_copy(settings, other))
    for name, rows in counts.items():
        click.echo(f"{name}\t{rows}")


def _address(address: str | None, file: Path | None) -> str:
    if (address is None) == (file is None):
        raise click.UsageError("give one of --to and --to-file")
    if address is not None:
        return address
    try:
        return (file or Path()).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadSettings(f"--to-file {file} cannot be read") from None


async def _copy(settings: Settings, other: Settings) -> Mapping[str, int]:
    with TemporaryFile("w+", encoding="utf-8") as contents:
        async with _opened(settings) as source:
            await copy_out(source, contents)
        async with _opened(other) as target:
            try:
                return await put_in(target, contents)
            except NotEmpty:
                raise UnusableDatabase(
                    "the other database has people or relying parties of its own: name an empty one"
                ) from None


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[Engine]:
    """Open the database that the settings name, its schema brought up to date."""
    engine = open_engine(settings)
    try:
        await Store(engine).migrate()
        yield engine
    finally:
        await engine.close()
