"""``wechat-oidc demo``: everything in one process, to click on, without a WeChat account."""

import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from starlette.types import ASGIApp

from bridge.app import Chance, check_accounts_are_wechats, create_app, housekeeping, open_provider
from bridge.cli.operating import Unusable, plain_failures
from bridge.cli.serving import Listener, listen, run, serving, until_stopped
from bridge.cli.simulated_applications import (
    SIMULATED_APPID,
    SIMULATED_OFFICIAL_APPID,
    SIMULATED_SECRET,
    settings_for,
)
from bridge.cli.simulated_pushes import events_settings, push_targets
from bridge.config import Settings, read_settings
from bridge.demo import create_relying_party
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.provider import Provider
from bridge.telemetry import Shield, configure_logs
from bridge.wechat.simulator import Kind, SimulatedApplication, create_simulator

CLIENT_ID = "demo"

# Of one platform account: who comes by one way is the same person by the other.
APPLICATIONS = (
    SimulatedApplication(SIMULATED_APPID, SIMULATED_SECRET, "localhost"),
    # Of any host: WeChat registers none with a port, and the demo has one.
    SimulatedApplication(SIMULATED_OFFICIAL_APPID, SIMULATED_SECRET, kind=Kind.OFFICIAL_ACCOUNT),
)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class DemoSites:
    """The three servers of the demo, as browsers reach them: one host, three ports."""

    bridge: Listener
    wechat: Listener
    relying_party: Listener

    @staticmethod
    def url(listener: Listener) -> str:
        return f"http://localhost:{listener.port}"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_533),
    default=8000,
    show_default=True,
    help="The bridge's port; the simulated WeChat takes the next, the demo the one after."
    " 0: any three.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep accounts and keys in this folder.  [default: a temporary one]",
)
def demo(host: str, port: int, data: Path | None) -> None:
    """Serve the bridge, a simulated WeChat and an app that relies on the bridge.

    Open the app's URL, sign in, and see the claims. Nothing leaves this machine.
    """
    configure_logs("info", "text")
    with ExitStack() as kept, plain_failures():
        folder = data or Path(kept.enter_context(TemporaryDirectory(prefix="wechat-oidc-demo-")))
        ports = [port + offset if port else 0 for offset in range(3)]
        sites = DemoSites(*(_listen(kept, host, number) for number in ports))
        messages = [
            f"bridge            {sites.url(sites.bridge)}",
            f"simulated WeChat  {sites.url(sites.wechat)}   (/control sets what it does next)",
            f"demo app          {sites.url(sites.relying_party)}   <- open this one",
        ]
        if host not in LOOPBACK:
            messages.append(f"warning: anyone who reaches {host} can sign in as anyone")
        run(_demo(folder.resolve(), sites, messages))


def _listen(kept: ExitStack, host: str, port: int) -> Listener:
    listener = listen(host, port)
    kept.enter_context(listener.socket)
    return listener


async def _demo(folder: Path, sites: DemoSites, messages: list[str]) -> None:
    settings = demo_settings(folder, sites)
    async with open_provider(settings) as provider:
        await check_accounts_are_wechats(settings, provider.store)
        await provider.keys.ring(provider.now())
        async with (
            housekeeping(provider),
            serving(
                (create_app(provider), sites.bridge),
                (Shield(_simulated_wechat(sites, settings)), sites.wechat),
                (Shield(await relying_party(provider, sites)), sites.relying_party),
            ),
        ):
            await until_stopped(messages)


def demo_settings(folder: Path, sites: DemoSites) -> Settings:
    """Return settings for a bridge in ``folder``; its secret is made once and kept there."""
    try:
        secret = _kept_secret(folder)
    except OSError as error:
        raise Unusable(f"--data {folder} cannot be used: {error.strerror}") from None
    wechat = sites.url(sites.wechat)
    return read_settings(
        None,
        {
            "BRIDGE_ISSUER": sites.url(sites.bridge),
            "BRIDGE_DATABASE": f"sqlite://{folder / 'bridge.db'}",
            "BRIDGE_SECRETS_FILE": str(secret),
            "BRIDGE_API_HOSTS": wechat,
            "BRIDGE_AUTHORIZE_HOST": wechat,
            **dict(setting.split("=") for setting in settings_for(APPLICATIONS)),
            **events_settings(len(APPLICATIONS)),
        },
        directory=folder,
    )


def _kept_secret(folder: Path) -> Path:
    """Return the file of the secret; both are for their owner only, and the file is never half."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = folder / "secret"
    if not secret.exists():
        unfinished = folder / "secret.new"
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        unfinished.replace(secret)
    return secret


async def relying_party(provider: Provider, sites: DemoSites) -> ASGIApp:
    """Register the demo with the provider, under a secret of this run, and return it."""
    client_secret, base_url = provider.new_token(), sites.url(sites.relying_party)
    client = Client(
        client_id=CLIENT_ID,
        client_name="Demo",
        client_secret_hash=token_hash(client_secret),
        redirect_uris=(f"{base_url}/callback",),
    )
    if not await provider.store.add_client(client, now=provider.now()):
        await provider.store.change_client(CLIENT_ID, lambda _former: client)
    return create_relying_party(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=client_secret,
        base_url=base_url,
        session_secret=provider.new_token(),
        stylesheet_url=f"{provider.issuer}/static/style.css",
    )


def _simulated_wechat(sites: DemoSites, settings: Settings) -> ASGIApp:
    return create_simulator(
        APPLICATIONS,
        now=Chance().now,
        new_id=lambda: secrets.token_urlsafe(24),
        url=sites.url(sites.wechat),
        push_targets=push_targets(settings),
    )
