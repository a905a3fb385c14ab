"""``wechat-oidc serve``: the provider."""

import logging
from pathlib import Path

import click

from bridge.app import (
    check_accounts_are_wechats,
    create_app,
    housekeeping,
    open_provider,
)
from bridge.cli.declared_clients import declared_clients, register_declared
from bridge.cli.operating import config_option, operator_settings, plain_failures
from bridge.cli.serving import PORT, Listener, listen, run, serving, until_stopped
from bridge.cli.tls import tls_options
from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.serving import Bounds, room_for
from bridge.telemetry import Event, configure_logs, emit


@click.command()
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="The port to listen on; 0: any."
)
@tls_options
@click.option(
    "--accept-simulated-accounts",
    is_flag=True,
    help="Serve although the accounts come from the other WeChat, simulated or real.",
)
def serve(
    config: Path | None,
    host: str,
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    accept_simulated_accounts: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Serve the OpenID Provider until SIGTERM or SIGINT."""
    settings = operator_settings(config)
    with plain_failures():
        declared = declared_clients(settings)
    configure_logs(settings.log_level, settings.log_format)
    listener = listen(host, port, certificate=tls_certificate, key=tls_key)
    with plain_failures(), listener.socket:
        run(_serve(settings, listener, declared, accept=accept_simulated_accounts))


async def _serve(
    settings: Settings, listener: Listener, declared: list[Client], *, accept: bool
) -> None:
    async with open_provider(settings) as provider:
        await check_accounts_are_wechats(settings, provider.store, accept=accept)
        await register_declared(provider, declared)
        await provider.keys.ring(provider.now())
        emit(Event.STARTED, issuer=settings.issuer, port=listener.port)
        messages = [
            f"issuer {settings.issuer}",
            f"listening on {listener.host} port {listener.port}",
        ]
        if settings.simulated:
            emit(Event.WECHAT_SIMULATED, logging.WARNING, host=settings.authorize_host)
            messages.append("WeChat is simulated: anyone who can reach it can be anyone")
        site = (create_app(provider), listener)
        async with housekeeping(provider), serving(site, bounds=_bounds(settings)):
            await until_stopped(messages)
            provider.readiness.stop()
    emit(Event.STOPPED)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(keep_alive=settings.keep_alive, connections=room_for(settings.most_connections))
