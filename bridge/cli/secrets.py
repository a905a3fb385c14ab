"""``wechat-oidc secrets``: the setting ``secrets``, and what is sealed with it."""

from pathlib import Path

import click

from bridge.app import Chance, Resealing
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.endpoints.offering import RENEWABLE
from bridge.endpoints.pending import LIFETIME
from bridge.store import Store

HOUR, MINUTE = 3_600, 60


@click.group()
def secrets() -> None:
    """The setting secrets: what is sealed with them."""


@secrets.command()
@config_option
def reseal(config: Path | None) -> None:
    """Seal everything that is stored with the first of the secrets, so that the others may go.

    Bridges may run meanwhile, each with all of these secrets.
    """
    settings, now = operator_settings(config), Chance().now()

    async def act(store: Store) -> None:
        async for kind, renewed, already in Resealing(settings, store).reseal(now):
            click.echo(f"{kind}\t{renewed} sealed anew\t{already} already")

    on_store(settings, act)
    if len(settings.secrets) == 1:
        click.echo("There is one secret: nothing else has to open what is stored.")
        return
    click.echo(
        "Everything stored opens with the first secret. Bridges seal with the one that stood first"
        f" when they started: take the others away {LIFETIME // MINUTE} minutes after the last"
        f" bridge was started with this first one (or after {RENEWABLE // HOUR} hours, where a"
        " sign-in page that somebody left open is to go on)."
    )
