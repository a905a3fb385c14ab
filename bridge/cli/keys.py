"""``wechat-oidc keys``: signing keys."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from bridge.app import Chance
from bridge.cli.key_moving import move
from bridge.cli.moments import date
from bridge.cli.noting import note_operator
from bridge.cli.operating import config_option, on_keys, operator_settings
from bridge.config import Settings
from bridge.signing_keys import KeyHolder
from bridge.store import AuditEvent
from keys import Changed, Jwk, KeyPolicy, SigningKey, UnknownKey, state
from keys import revoke as revoke_keys
from keys import rotate as rotate_keys


@click.group()
def keys() -> None:
    """Signing keys. They rotate by themselves; running bridges see every change."""


keys.add_command(move)


@keys.command("list")
@config_option
def list_(config: Path | None) -> None:
    """List the keys that are published: kid, algorithm, state, since or from when it signs."""
    settings, now = operator_settings(config), Chance().now()
    ring = on_keys(settings, lambda held: held.ring(now))
    for key in ring.keys:
        condition = state(key, ring.keys, now, ring.policy)
        click.echo(f"{key.kid}\t{key.alg}\t{condition}\t{date(key.active_from)}")


@keys.command()
@config_option
def rotate(config: Path | None) -> None:
    """Announce new keys now; they sign once relying parties had time to learn them."""
    settings, now = operator_settings(config), Chance().now()
    changed = on_keys(settings, lambda held: _rotate(held, now))
    _tell_of_new(changed)
    if changed.made:
        note_operator(settings, AuditEvent.KEYS_ROTATED, detail={"kid": _kids(changed.made)})
    else:
        click.echo("nothing to do: a successor of each key is announced already")


# One in 64 kids begins with a hyphen, and is no option.
@keys.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@config_option
@click.argument("kids", metavar="[KID]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Revoke all keys that there are.")
def revoke(config: Path | None, kids: tuple[str, ...], *, every: bool) -> None:
    """Take a key away that somebody else may have: it signs no more and is published no more.

    Its successor signs at once, whether it was announced or not. Sign-ins and opaque tokens live
    on.
    """
    if every == bool(kids):
        raise click.UsageError("name the keys to revoke by KID, or give --all")
    settings, now = operator_settings(config), Chance().now()
    try:
        changed = on_keys(settings, lambda held: _revoke(held, kids, now))
    except UnknownKey as unknown:
        raise click.ClickException(
            f"there is no key {unknown}; wechat-oidc keys list shows all"
        ) from None
    for key in changed.gone:
        click.echo(f"{key.kid}\t{key.alg}\trevoked")
    _tell_of_new(changed)
    for line in _consequences(settings):
        click.echo(line)
    detail = {"kid": _kids(changed.gone), "new": _kids(changed.made)}
    note_operator(settings, AuditEvent.KEY_REVOKED, detail=detail)


async def _rotate(held: KeyHolder, now: int) -> Changed:
    await held.ring(now)  # there have to be some
    return await held.change(rotate_keys, now)


def _revoke(held: KeyHolder, kids: Sequence[str], now: int) -> Awaitable[Changed]:
    return held.change(revoke_keys(kids) if kids else _revoke_all, now)


def _revoke_all(
    keys: Sequence[SigningKey],
    now: int,
    policy: KeyPolicy,
    algorithms: Sequence[str],
    generate: Callable[[str], Jwk],
) -> tuple[SigningKey, ...]:
    return revoke_keys([key.kid for key in keys])(keys, now, policy, algorithms, generate)


def _tell_of_new(changed: Changed) -> None:
    for key in changed.made:
        click.echo(f"{key.kid}\t{key.alg}\tsigns from {date(key.active_from)}")


def _kids(keys: Iterable[SigningKey]) -> str:
    return " ".join(key.kid for key in keys)


def _consequences(settings: Settings) -> Iterator[str]:
    """What it means, and for whom."""
    when = f"within {settings.keys_read_every} s" if settings.keys_are_stored else "at once"
    yield f"Bridges that are running follow {when}."
    yield (
        f"Relying parties may keep the JWK Set for {settings.jwks_max_age} s (jwks_max_age). Until"
        " they fetch it anew they take what the revoked key signs; what is signed now they refuse,"
        " unless they look for a key that they do not know. Restart those that cannot wait."
    )
    yield (
        "ID Token hints and JWT access tokens that the revoked key signed are refused here from now"
        " on. Sign-ins, refresh tokens and opaque access tokens live on."
    )
