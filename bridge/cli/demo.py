"""``wechat-oidc demo``: everything in one process, to click on, without a WeChat account."""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from starlette.types import ASGIApp

from bridge.app import Chance, check_accounts_are_wechats, create_app, housekeeping, open_provider
from bridge.cli.operating import plain_failures
from bridge.cli.serving import Listener, listen, run, serving, until_stopped
from bridge.cli.simulate import SIMULATED_APPID, SIMULATED_SECRET
from bridge.config import Settings, read_settings
from bridge.demo import create_relying_party
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.provider import Provider
from bridge.telemetry import configure_logs
from bridge.wechat.simulator import SimulatedApplication, create_simulator

CLIENT_ID = "demo"

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
    default=8000,
    show_default=True,
    help="The bridge's port; the simulated WeChat takes the next, the demo the one after.",
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
    configure_logs("info")
    with ExitStack() as kept, plain_failures():
        folder = data or Path(kept.enter_context(TemporaryDirectory(prefix="wechat-oidc-demo-")))
        sites = DemoSites(*(listen(host, port + offset if port else 0) for offset in range(3)))
        messages = [
            f"bridge            {sites.url(sites.bridge)}",
            f"simulated WeChat  {sites.url(sites.wechat)}",
            f"demo app          {sites.url(sites.relying_party)}   <- open this one",
        ]
        if host not in LOOPBACK:
            messages.append(f"warning: anyone who reaches {host} can sign in as anyone")
        run(_demo(folder.resolve(), sites, messages))


async def _demo(folder: Path, sites: DemoSites, messages: list[str]) -> None:
    settings = demo_settings(folder, sites)
    async with open_provider(settings) as provider:
        await check_accounts_are_wechats(settings, provider.store)
        provider.keys.ring(provider.now())
        async with (
            housekeeping(provider),
            serving(
                (create_app(provider), sites.bridge),
                (_simulated_wechat(), sites.wechat),
                (await relying_party(provider, sites), sites.relying_party),
            ),
        ):
            await until_stopped(messages)


def demo_settings(folder: Path, sites: DemoSites) -> Settings:
    """Return settings for a bridge in ``folder``; its secret is made once and kept there."""
    secret = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(32))
    wechat = sites.url(sites.wechat)
    return read_settings(
        None,
        {
            "BRIDGE_ISSUER": sites.url(sites.bridge),
            "BRIDGE_DATABASE": f"sqlite://{folder / 'bridge.db'}",
            "BRIDGE_SECRETS_FILE": str(secret),
            "BRIDGE_WECHAT_CLIENT_ID": SIMULATED_APPID,
            "BRIDGE_WECHAT_CLIENT_SECRET": SIMULATED_SECRET,
            "BRIDGE_API_HOSTS": wechat,
            "BRIDGE_AUTHORIZE_HOST": wechat,
        },
        directory=folder,
    )


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
        await provider.store.change_client(client)
    return create_relying_party(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=client_secret,
        base_url=base_url,
        session_secret=provider.new_token(),
        stylesheet_url=f"{provider.issuer}/static/style.css",
    )


def _simulated_wechat() -> ASGIApp:
    return create_simulator(
        [SimulatedApplication(SIMULATED_APPID, SIMULATED_SECRET, "localhost")],
        now=Chance().now,
        new_id=lambda: secrets.token_urlsafe(24),
    )
