"""``wechat-oidc serve``: the provider."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from bridge.app import (
    check_accounts_are_wechats,
    housekeeping,
    open_provider,
)
from bridge.cli.declared_clients import declared_clients, register_declared
from bridge.cli.operating import Unusable, config_option, operator_settings, plain_failures
from bridge.cli.serving import PORT, Listener, listen, run, serving, until_stopped
from bridge.cli.sites import metrics_listener, sites
from bridge.cli.tls import tls_options
from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.provider import Provider
from bridge.serving import Bounds, NoWorkers, Worker, Workers, room_for, settled, until_told
from bridge.telemetry import Event, configure_logs, emit, shared_by_processes

# More than that are a mistake: each is a whole Python, with connections of its own.
MOST_WORKERS = 64


@click.command()
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="The port to listen on; 0: any."
)
@tls_options
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    show_default=True,
    help="How many processes serve; more than one needs PostgreSQL.",
)
@click.option(
    "--accept-simulated-accounts",
    is_flag=True,
    help="Serve although the accounts come from the other WeChat, simulated or real.",
)
def serve(  # noqa: PLR0913, PLR0917 - one for each option
    config: Path | None,
    host: str,
    port: int,
    workers: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    accept_simulated_accounts: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Serve the OpenID Provider until SIGTERM or SIGINT."""
    settings = operator_settings(config)
    if workers > 1 and not settings.is_postgresql:
        raise Unusable(
            f"--workers {workers} needs PostgreSQL (setting database): on SQLite one process serves"
        )
    with plain_failures():
        declared = declared_clients(settings)
    configure_logs(settings.log_level, settings.log_format)
    listener = listen(host, port, certificate=tls_certificate, key=tls_key)
    with plain_failures(), listener.socket, metrics_listener(settings) as for_metrics:
        served = Serving(
            *(settings, listener, for_metrics, declared), accept=accept_simulated_accounts
        )
        if workers == 1:
            run(served.alone())
        else:
            with shared_by_processes():
                served.by(workers)


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served, and where."""

    settings: Settings
    listener: Listener
    for_metrics: Listener | None
    declared: list[Client]
    accept: bool

    async def alone(self) -> None:
        """In this process."""
        async with open_provider(self.settings) as provider:
            await self._prepare(provider)
            async with self._served(provider):
                await until_stopped(self._announced(workers=1))
                provider.readiness.stop()
        emit(Event.STOPPED)

    def by(self, workers: int) -> None:
        """In so many others, after what has to be done only once."""
        run(self._prepare_once())

        def ready() -> None:
            for message in (*self._announced(workers), "ready"):
                click.echo(message)

        def work(worker: Worker) -> int:
            try:
                with plain_failures():
                    run(self._work(worker, workers))
            except click.ClickException as error:
                error.show()
                return error.exit_code
            return 0

        def stopping() -> None:
            self.listener.socket.close()
            if self.for_metrics is not None:
                self.for_metrics.socket.close()

        try:
            with settled():
                Workers(workers, work, ready=ready, stopping=stopping).run()
        except NoWorkers as none:
            click.echo(f"Error: {none}", err=True)
            raise SystemExit(none.status) from None
        emit(Event.STOPPED)

    async def _prepare_once(self) -> None:
        async with open_provider(self.settings) as provider:
            await self._prepare(provider)

    async def _prepare(self, provider: Provider) -> None:
        """What the database and the keys need before anybody is served."""
        await check_accounts_are_wechats(self.settings, provider.store, accept=self.accept)
        await register_declared(provider, self.declared)
        await provider.keys.ring(provider.now())

    async def _work(self, worker: Worker, workers: int) -> None:
        """Of what there may be at once, each has its part."""
        at_once = share(self.settings.wechat_at_once, worker.number, workers)
        settings = self.settings.model_copy(update={"wechat_at_once": at_once})
        async with open_provider(settings) as provider:
            await provider.keys.ring(provider.now())
            async with self._served(provider):
                await until_told(worker)
                provider.readiness.stop()

    @asynccontextmanager
    async def _served(self, provider: Provider) -> AsyncGenerator[None]:
        bounds = Bounds(
            keep_alive=self.settings.keep_alive,
            connections=room_for(self.settings.most_connections),
        )
        answered = sites(provider, self.listener, self.for_metrics)
        async with housekeeping(provider), serving(*answered, bounds=bounds):
            with settled():
                yield

    def _announced(self, workers: int) -> list[str]:
        """Say it in the log, and return what is said on the screen."""
        settings, listener = self.settings, self.listener
        several = workers if workers > 1 else None
        emit(Event.STARTED, issuer=settings.issuer, port=listener.port, workers=several)
        messages = [
            f"issuer {settings.issuer}",
            f"listening on {listener.host} port {listener.port}",
        ]
        if settings.simulated:
            emit(Event.WECHAT_SIMULATED, logging.WARNING, host=settings.authorize_host)
            messages.append("WeChat is simulated: anyone who can reach it can be anyone")
        return messages


def share(all_: int, number: int, workers: int) -> int:
    """The part of one worker (the first is 0): together they are ``all_``, but none has nothing."""
    return max(1, all_ // workers + (number < all_ % workers))
