"""``wechat-oidc client list`` and ``show``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import click

from bridge.app import Chance
from bridge.cli.moments import date, timestamp
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.relying_party import client_id_argument, find_client
from bridge.oidc.access import ANYONE, NOBODY
from bridge.oidc.client import Client

# Of no use to whoever reads them, and to a thief perhaps
NEVER_SHOWN = frozenset(
    {
        *("client_secret_hash", "client_secret_sealed", "registration_token_hash"),
        *("former_client_secret_hash", "former_client_secret_sealed"),
    }
)


@click.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, as show has it.")
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the relying parties: id, name, who may enter, and who registered themselves."""
    now = Chance().now()
    for known in on_store(operator_settings(config), lambda store: store.clients()):
        click.echo(_json(known, now) if as_json else _line(known))


def _line(known: Client) -> str:
    listed = f"{len(known.access)} listed" if known.access else NOBODY
    access = ANYONE if known.access is None else listed
    registration = _registration(known)
    registered = f"\t{registration}" if registration else ""
    return f"{known.client_id}\t{known.client_name}\t{access}{registered}"


def _registration(known: Client) -> str | None:
    """Who registered it, where that was not the operator by a command."""
    if known.is_declared:
        return "declared in the settings"
    return "self-registered" if known.is_self_registered else None


@click.command()
@config_option
@client_id_argument
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, with every member.")
def show(config: Path | None, client_id: str, *, as_json: bool) -> None:
    """Show how a relying party is registered; its secret is not shown."""
    known, now = find_client(operator_settings(config), client_id), Chance().now()
    if as_json:
        click.echo(_json(known, now))
        return
    members = _members(known)
    members["access"] = ANYONE if known.access is None else known.access or NOBODY
    members["registration"] = _registration(known)
    del members["is_self_registered"], members["is_declared"]
    members["secret"] = "none, it is a public client" if known.is_public else "set"
    until = members.pop("former_client_secret_expires_at")
    if known.has_former_secret(now):
        members["former_secret"] = f"good until {date(until)}"
    for name, value in members.items():
        if value not in (None, (), False):
            click.echo(f"{name:<38} {_shown(value)}")


def _members(known: Client) -> dict[str, Any]:
    return {name: value for name, value in asdict(known).items() if name not in NEVER_SHOWN}


def _json(known: Client, now: int) -> str:
    members = _members(known)
    members["access"] = [ANYONE] if known.access is None else known.access or [NOBODY]
    members["is_public"] = known.is_public
    until = members.pop("former_client_secret_expires_at")
    members["former_secret_expires_at"] = timestamp(until) if known.has_former_secret(now) else None
    return json.dumps(members, ensure_ascii=False)


def _shown(value: object) -> str:
    """Lists as words, what is structured as JSON."""
    if isinstance(value, tuple):
        return " ".join(cast("tuple[str, ...]", value))
    return value if isinstance(value, str) else json.dumps(value)
