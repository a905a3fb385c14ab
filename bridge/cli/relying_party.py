"""Which relying party a command is about."""

import click

from bridge.cli.operating import on_store
from bridge.cli.registration import check_client_id
from bridge.config import Settings
from bridge.oidc.client import Client

client_id_argument = click.argument("client_id", callback=check_client_id)


def find_client(settings: Settings, client_id: str) -> Client:
    """Return the registered client, or end with one line and status 1."""
    known = on_store(settings, lambda store: store.client(client_id))
    if known is None:
        raise unknown(client_id)
    return known


def check_is_not_declared(known: Client) -> None:
    """Refuse to change what stands in the settings: the next start would change it back."""
    if known.is_declared:
        raise click.ClickException(
            f"{known.client_id} stands in the settings, under [[client]]; change it there, and"
            " start the bridge again"
        )


def unknown(client_id: str) -> click.ClickException:
    return click.ClickException(f"{client_id} is not registered; see wechat-oidc client list")
