"""``wechat-oidc client``: relying parties."""

from pathlib import Path
from typing import Any

import click

from bridge.app import Chance
from bridge.cli.client_secret import rotate_secret
from bridge.cli.client_showing import list_, show
from bridge.cli.describing import check_registration, describe, description_options
from bridge.cli.noting import operator_did
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.preset import warn_of_left_out
from bridge.cli.preset_showing import presets
from bridge.cli.registration import check_client_id, given, registration_options
from bridge.cli.relying_party import check_is_not_declared, client_id_argument, unknown
from bridge.cli.wechat_registration import described
from bridge.cli.what_to_enter import print_what_to_enter, warn_of_http
from bridge.client_secrets import ClientSecrets
from bridge.ids import random_client_id, random_token
from bridge.oidc.client import Client
from bridge.oidc.client_registration import needs_secret
from bridge.oidc.subject import told_subject
from bridge.store import AuditEvent


@click.group()
def client() -> None:
    """Relying parties: the apps that sign people in with this bridge."""


@client.command()
@config_option
@click.option("--client-id", callback=check_client_id, help="[default: made at random]")
@description_options
def add(config: Path | None, client_id: str | None, **options: Any) -> None:
    """Register a relying party, and print what to enter there.

    Its secret is printed once. Only its hash is kept, or, for client_secret_jwt, the secret
    itself, sealed.
    """
    settings, chance = operator_settings(config), Chance()
    default_id = random_client_id(chance.random_bytes)
    told = describe(settings, client_id, options, default_id=default_id)
    secret = random_token(chance.random_bytes) if told.has_secret else None
    added = ClientSecrets(settings.secret_values).keep(told.client, secret)
    check_registration(settings, added)
    # Before it is kept: what cannot be told must not be registered, for the secret would be lost.
    in_its_own_words = told.asked.settings_of(settings, told.preset, added, secret)
    entry = operator_did(AuditEvent.CLIENT_ADDED, client_id=added.client_id)
    if not on_store(settings, lambda store: store.add_client(added, now=chance.now(), entry=entry)):
        taken, another = (
            added.client_id,
            "; --client-id gives it another" if told.asked.preset else "",
        )
        raise click.ClickException(
            f"{taken} is taken; see wechat-oidc client show {taken}{another}"
        )
    print_what_to_enter(settings, added, secret, in_its_own_words)
    warn_of_left_out(told.preset)
    warn_of_http(added)


def _warn_of_other_subjects(known: Client, changed: Client) -> None:
    """Core §8.1: an app that keeps ``sub`` takes those it knows for strangers."""
    if told_subject("anybody", known, b"") != told_subject("anybody", changed, b""):
        click.echo("warning: the app is told another sub of everybody from now on", err=True)


@client.command()
@config_option
@client_id_argument
@registration_options
def update(config: Path | None, client_id: str, **options: Any) -> None:
    """Change what is given; what is not given stays."""
    members = given(options)
    if not members:
        raise click.UsageError("nothing to change: give what is to be different")
    settings, chance = operator_settings(config), Chance()
    secrets = ClientSecrets(settings.secret_values)
    new_secret = random_token(chance.random_bytes)

    def change(known: Client) -> Client:
        check_is_not_declared(known)
        changed = described(known, members)
        has_secret = needs_secret(changed) and not known.is_public
        changed = secrets.give(changed, new_secret if has_secret else None)
        check_registration(settings, changed)
        _warn_of_other_subjects(known, changed)
        return changed

    entry = operator_did(AuditEvent.CLIENT_CHANGED, client_id=client_id)
    changed = on_store(settings, lambda store: store.change_client(client_id, change, entry=entry))
    if changed is None:
        raise unknown(client_id)
    click.echo(f"{client_id} is changed")
    if secrets.fits(changed, new_secret, now=chance.now()):
        click.echo(f"client_secret  {new_secret}")
    warn_of_http(changed)


@client.command()
@config_option
@client_id_argument
def remove(config: Path | None, client_id: str) -> None:
    """Remove a relying party; its codes and tokens end at once."""
    entry = operator_did(AuditEvent.CLIENT_REMOVED, client_id=client_id)
    settings = operator_settings(config)
    check = check_is_not_declared
    if not on_store(
        settings, lambda store: store.remove_client(client_id, check=check, entry=entry)
    ):
        raise unknown(client_id)
    click.echo(f"{client_id} is removed")


for _command in (list_, presets, show, rotate_secret):
    client.add_command(_command)
