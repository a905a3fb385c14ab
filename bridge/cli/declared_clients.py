"""Relying parties that stand in the settings, read as ``client add`` reads its options.

What is written under ``[[client]]`` is what the command takes: an option's name with ``_`` for
``-``, or the name that the standards give to what it sets. So both are judged alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import click

from bridge.cli.describing import (
    Described,
    check_registration,
    describe,
    description_options,
)
from bridge.cli.noting import operator_did
from bridge.client_secrets import ClientSecrets
from bridge.config import BadSettings, DeclaredClient, Settings
from bridge.config.errors import nearest
from bridge.config.values import MAKE_A_SECRET
from bridge.oidc.client import Client
from bridge.provider import Provider
from bridge.store import AuditEntry, AuditEvent, Declared
from bridge.telemetry import Event, emit

# Seconds, 9999-12-31: the former secret is good until it is taken out of the file.
FOR_EVER = 253_402_300_799


@click.command()
@description_options
def _described() -> None:
    """Stand for the options; it is never run."""


_OPTIONS: Mapping[str, click.Option] = {
    name: option
    for option in cast("list[click.Option]", _described.params)
    for name in (option.name or "", option.opts[0].removeprefix("--").replace("-", "_"))
}


def declared_clients(settings: Settings) -> list[Client]:
    """Return the clients of the setting ``client``; raise BadSettings, one line."""
    return [_read(settings, number, told) for number, told in enumerate(settings.client, 1)]


async def register_declared(provider: Provider, declared: list[Client]) -> Declared:
    """Register them, and forget those that stood in the settings before and do no more."""
    secrets, now = provider.client_secrets, provider.now()

    def merge(known: Client, wanted: Client) -> Client:
        return secrets.declared(known, wanted, now=now)

    def noted(event: AuditEvent, client_id: str) -> AuditEntry:
        return operator_did(event, client_id=client_id)

    told = await provider.store.declare_clients(declared, merge, noted, now=now)
    for event, client_ids in (
        (Event.CLIENT_REGISTERED, told.added),
        (Event.CLIENT_CHANGED, told.changed),
        (Event.CLIENT_REMOVED, told.removed),
    ):
        for client_id in client_ids:
            emit(event, client_id=client_id)
    return told


def _read(settings: Settings, number: int, told: DeclaredClient) -> Client:
    try:
        arguments = list(_arguments(told.options))
        options = _described.make_context("client", arguments).params
        client_id = told.client_id
        described = describe(settings, client_id, options, default_id=client_id)
        client = _with_secrets(described, told, ClientSecrets(settings.secret_values))
        check_registration(settings, client)
    except click.UsageError as error:
        fault = error.format_message().rstrip(".")
        raise BadSettings(f"client.{number} ({told.client_id}): {fault}") from None
    return client


def _with_secrets(described: Described, told: DeclaredClient, secrets: ClientSecrets) -> Client:
    client = replace(described.client, is_declared=True)
    if not described.has_secret:
        if told.secret is not None or told.former_secret is not None:
            raise click.UsageError("it has no use for a client_secret")
        return client
    if told.secret is None:
        raise click.UsageError(
            "client_secret is missing: set it, or client_secret_file, or public = true;"
            f" make one with {MAKE_A_SECRET}"
        )
    if told.former_secret is None:
        return secrets.keep(client, told.secret)
    former = secrets.keep(client, told.former_secret)
    return secrets.rotate(former, told.secret, now=0, grace=FOR_EVER)


def _arguments(options: Mapping[str, object]) -> Iterator[str]:
    """What would be typed."""
    given: set[str] = set()
    for key, value in options.items():
        option = _OPTIONS.get(key)
        if option is None:
            raise click.UsageError(f"unknown key {key}{nearest(key, _OPTIONS)}")
        if option.opts[0] in given:
            raise click.UsageError(f"{key} is given twice, under two names")
        given.add(option.opts[0])
        yield from _typed(key, option, value)


def _typed(key: str, option: click.Option, value: object) -> Iterator[str]:
    if isinstance(value, bool) != option.is_flag:
        raise click.UsageError(f"{key} must {'' if option.is_flag else 'not '}be true or false")
    if isinstance(value, bool):
        yield from option.opts[:1] if value else option.secondary_opts[:1]
        return
    for text in _texts(key, value) if option.multiple else [_text(key, value)]:
        yield f"{option.opts[0]}={text}"


def _texts(key: str, value: object) -> list[str]:
    """What may be repeated: a list, a table of names and values, or one alone."""
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value)
        return [f"{name}={_text(key, item)}" for name, item in pairs.items()]
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [_text(key, item) for item in items]


def _text(key: str, value: object) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise click.UsageError(f"{key} must be text, or a list of texts where it may be repeated")
