"""``wechat-oidc simulate``: the simulated WeChat alone."""

import secrets
from pathlib import Path

import click
from starlette.types import ASGIApp

from bridge.app import Chance
from bridge.cli.serving import PORT, Listener, listen, run, serving, until_stopped
from bridge.cli.tls import tls_options
from bridge.config.origins import check_origin
from bridge.telemetry import Shield, configure_logs
from bridge.wechat.simulator import SimulatedApplication, create_simulator

# Anybody may know them: they open nothing but the simulation.
SIMULATED_APPID = "wx5111a7ed5111a7ed"
SIMULATED_SECRET = "51".zfill(32)


def _check_url(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    try:
        if url is not None:
            check_origin(url)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return url


def _check_domain(
    _context: click.Context, _option: click.Parameter, domain: str | None
) -> str | None:
    if domain is not None and (not domain or set(domain) & set("/:@?# ")):
        raise click.BadParameter("a host name and nothing else, for example id.example.com")
    return domain


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=PORT, default=8001, show_default=True, help="The port to listen on; 0: any."
)
@click.option(
    "--url", callback=_check_url, help="Where browsers reach it.  [default: host and port]"
)
@click.option(
    "--client-id",
    envvar="BRIDGE_WECHAT_CLIENT_ID",
    default=SIMULATED_APPID,
    show_default=True,
    show_envvar=True,
    help="The AppID that it knows.",
)
@click.option(
    "--client-secret",
    envvar="BRIDGE_WECHAT_CLIENT_SECRET",
    default=SIMULATED_SECRET,
    show_default=True,
    show_envvar=True,
    help="The AppSecret of the AppID.",
)
@click.option(
    "--callback-domain",
    callback=_check_domain,
    help="The host that callbacks must have.  [default: any]",
)
@click.option(
    "--no-control", is_flag=True, help="Without /control, where it is told what to do next."
)
@tls_options
def simulate(  # noqa: PLR0913, PLR0917 - one for each option
    host: str,
    port: int,
    url: str | None,
    client_id: str,
    client_secret: str,
    callback_domain: str | None,
    no_control: bool,  # noqa: FBT001 - click passes it by name
    tls_certificate: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve a simulated WeChat: for tests, and while WeChat's approval is pending.

    Anyone who reaches it can sign in as anyone. Use as many host names as the certificate has.
    """
    configure_logs("info")
    listener = listen(host, port, certificate=tls_certificate, key=tls_key)
    reached = url or listener.url
    application = SimulatedApplication(client_id, client_secret, callback_domain)
    shown = client_secret if client_secret == SIMULATED_SECRET else "… (as you have set it)"
    messages = [
        "WeChat is simulated: anyone who can reach it can be anyone. Settings for the bridge:",
        f"  BRIDGE_AUTHORIZE_HOST={reached}",
        f"  BRIDGE_API_HOSTS={reached}",
        f"  BRIDGE_WECHAT_CLIENT_ID={client_id}",
        f"  BRIDGE_WECHAT_CLIENT_SECRET={shown}",
    ]
    if not no_control:
        messages.append(f"What it does next is set at {reached}/control")
    simulator = create_simulator(
        [application],
        now=Chance().now,
        new_id=lambda: secrets.token_urlsafe(24),
        url=reached,
        controlled=not no_control,
    )
    with listener.socket:
        run(_serve(simulator, listener, messages))


async def _serve(simulator: ASGIApp, listener: Listener, messages: list[str]) -> None:
    async with serving((Shield(simulator), listener)):
        await until_stopped(messages)
