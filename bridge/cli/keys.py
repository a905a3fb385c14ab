"""``wechat-oidc keys``: signing keys."""

import asyncio
from pathlib import Path

import click

from bridge.app import Chance, open_keys
from bridge.cli.moments import date
from bridge.cli.noting import note_operator
from bridge.cli.operating import config_option, operator_settings, plain_failures
from bridge.store import AuditEvent
from keys import rotate as rotate_keys
from keys import state


@click.group()
def keys() -> None:
    """Signing keys. They rotate by themselves; a running bridge sees every change."""


@keys.command("list")
@config_option
def list_(config: Path | None) -> None:
    """List the keys that are published: kid, algorithm, state, since or from when it signs."""
    settings, now = operator_settings(config), Chance().now()
    with plain_failures():
        ring = asyncio.run(open_keys(settings).ring(now))
    for key in ring.keys:
        condition = state(key, ring.keys, now, ring.policy)
        click.echo(f"{key.kid}\t{key.alg}\t{condition}\t{date(key.active_from)}")


@keys.command()
@config_option
def rotate(config: Path | None) -> None:
    """Announce new keys now; they sign once relying parties had time to learn them."""
    settings, now = operator_settings(config), Chance().now()
    with plain_failures():
        changed = asyncio.run(open_keys(settings).change(rotate_keys, now))
    for key in changed.made:
        click.echo(f"{key.kid}\t{key.alg}\tsigns from {date(key.active_from)}")
    if changed.made:
        kids = " ".join(key.kid for key in changed.made)
        note_operator(settings, AuditEvent.KEYS_ROTATED, detail={"kid": kids})
    else:
        click.echo("nothing to do: a successor of each key is announced already")
