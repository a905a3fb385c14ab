"""``wechat-oidc keys move``: from a folder to the database, and back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from bridge.app import Chance, key_directory, stored_keys
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.store import Store
from keys import KEYS_FILE, Changed, Jwk, KeyChange, KeyPolicy, SigningKey


class _Occupied(Exception):
    """There are other keys where these should go."""


@click.command()
@config_option
@click.option(
    "--to",
    "place",
    type=click.Choice(["database", "directory"]),
    required=True,
    help="Where the keys are to be kept from now on.",
)
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder.  [default: the setting keys_directory, or beside the database file]",
)
@click.option("--replace", is_flag=True, help="Give up other keys that are there already.")
def move(config: Path | None, place: str, directory: Path | None, *, replace: bool) -> None:
    """Copy the signing keys to where the setting keys will have them.

    Relying parties notice nothing. Then change the setting and restart every bridge. What is left
    in the former place is used no longer and should be removed.
    """
    settings, now = operator_settings(config), Chance().now()
    path = directory or settings.keys_path
    if path is None:
        raise click.UsageError("say which folder: --directory")
    folder = key_directory(settings, path)

    async def act(store: Store) -> Changed:
        stored = stored_keys(settings, store)
        if place == "database":
            return await stored.change(_taking(folder.kept(), str(path), replace=replace), now)
        return folder.change(_taking(await stored.kept(now), "the database", replace=replace), now)

    try:
        changed = on_store(settings, act)
    except _Occupied:
        raise click.ClickException(
            f"the {place} has other signing keys already; --replace gives them up"
        ) from None
    for key in changed.ring.keys:
        click.echo(f"{key.kid}\t{key.alg}\tis in the {place}")
    for line in _what_next(place, path):
        click.echo(line)


def _taking(keys: Sequence[SigningKey], source: str, *, replace: bool) -> KeyChange:
    """Return the change to these keys; it raises _Occupied where there are others."""
    if not keys:
        raise click.ClickException(f"{source} has no signing keys")

    def change(
        before: Sequence[SigningKey],
        _now: int,
        _policy: KeyPolicy,
        _algorithms: Sequence[str],
        _generate: Callable[[str], Jwk],
    ) -> tuple[SigningKey, ...]:
        if _moments(before) == _moments(keys):
            return tuple(before)
        if before and not replace:
            raise _Occupied
        return tuple(keys)

    return change


def _moments(keys: Sequence[SigningKey]) -> set[tuple[str, int]]:
    return {(key.kid, key.active_from) for key in keys}


def _what_next(place: str, path: Path) -> Iterator[str]:
    yield f'Now set keys = "{place}" and restart every bridge: each uses what it started with.'
    if place == "database":
        yield f"Then remove {path / KEYS_FILE}: it has the private keys in the clear."
    else:
        yield "What the database keeps of them, sealed, is used no longer."
