"""``wechat-oidc database backup``: a copy, made while the bridge runs."""

from pathlib import Path

import click

from bridge.cli.operating import config_option, operator_settings, plain_failures
from bridge.store import UnusableDatabase
from bridge.store.backup import back_up


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path))
def backup(config: Path | None, file: Path) -> None:
    """Copy the SQLite database into FILE, which must not exist yet. The bridge may run meanwhile.

    The copy is complete in one file, for its owner only. PostgreSQL is backed up by pg_dump.
    """
    settings = operator_settings(config)
    with plain_failures():
        if settings.is_postgresql:
            raise UnusableDatabase("database names PostgreSQL, which is backed up by pg_dump")
        size = back_up(settings.sqlite_path, file)
    click.echo(f"{file}\t{size} bytes")
