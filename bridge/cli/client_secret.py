"""``wechat-oidc client rotate-secret``."""

from pathlib import Path

import click

from bridge.app import Chance
from bridge.cli.moments import date
from bridge.cli.noting import operator_did
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.relying_party import check_is_not_declared, client_id_argument, unknown
from bridge.client_secrets import ClientSecrets
from bridge.ids import random_token
from bridge.oidc.client import Client
from bridge.oidc.client_registration import needs_secret
from bridge.store import AuditEvent

DAY = 86_400
LONGEST_GRACE = 30 * DAY


@click.command("rotate-secret")
@config_option
@client_id_argument
@click.option(
    "--grace",
    type=click.IntRange(0, LONGEST_GRACE),
    default=DAY,
    show_default=True,
    metavar="SECONDS",
    help="How long the present secret is good beside the new one; 0: it ends now.",
)
def rotate_secret(config: Path | None, client_id: str, *, grace: int) -> None:
    """Give a relying party a new secret, and print it.

    The present one stays good for a while, so that the app can be changed without a gap; one that
    was replaced before is good no longer. Tokens and sign-ins stay.
    """
    settings, chance = operator_settings(config), Chance()
    secrets, new_secret = ClientSecrets(settings.secret_values), random_token(chance.random_bytes)
    now = chance.now()

    def change(known: Client) -> Client:
        check_is_not_declared(known)
        if known.is_public or not needs_secret(known):
            raise click.ClickException(f"{client_id} has no secret")
        return secrets.rotate(known, new_secret, now=now, grace=grace)

    entry = operator_did(AuditEvent.CLIENT_SECRET_ROTATED, client_id=client_id)
    changed = on_store(settings, lambda store: store.change_client(client_id, change, entry=entry))
    if changed is None:
        raise unknown(client_id)
    click.echo(f"client_id      {client_id}")
    click.echo(f"client_secret  {new_secret}")
    until = f"is good until {date(now + grace)}" if grace else "is good no longer"
    click.echo(f"former secret  {until}")
