"""``wechat-oidc simulate``: the simulated WeChat alone."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import click
from click.core import ParameterSource
from starlette.types import ASGIApp

from bridge.app import Chance
from bridge.cli.operating import operator_settings
from bridge.cli.serving import PORT, Listener, listen, run, serving, until_stopped
from bridge.cli.simulated_applications import (
    SIMULATED_APPID,
    SIMULATED_SECRET,
    ApplicationType,
    applications_of,
    settings_for,
    with_callback_domain,
)
from bridge.cli.simulated_pushes import push_targets
from bridge.cli.tls import tls_options
from bridge.config.origins import check_origin
from bridge.telemetry import Shield, configure_logs
from bridge.wechat.simulator import PushTarget, SimulatedApplication, create_simulator


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
    "--application",
    "applications",
    type=ApplicationType(),
    multiple=True,
    help="An application that it knows instead; may be given several times. KIND is website,"
    " official_account, mobile or mini_program. Applications of one ACCOUNT (default: main) see the"
    " same unionids; without one they see none.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Know the applications of this settings file of the bridge instead.",
)
@click.option(
    "--callback-domain",
    callback=_check_domain,
    help="The host that callbacks must have.  [default: any; with --config the issuer's]",
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
    applications: tuple[SimulatedApplication, ...],
    config: Path | None,
    callback_domain: str | None,
    no_control: bool,  # noqa: FBT001 - click passes it by name
    tls_certificate: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve a simulated WeChat: for tests, and while WeChat's approval is pending.

    Anyone who reaches it can sign in as anyone. Use as many host names as the certificate has.
    """
    configure_logs("info", "text")
    _check_one_way(config=config is not None, application=bool(applications))
    known = list(applications) or [_application(client_id, client_secret)]
    targets: dict[str, PushTarget] = {}
    if config is not None:
        issuer, known = applications_of(config)
        targets = push_targets(operator_settings(config))
        callback_domain = callback_domain or issuer
    listener = listen(host, port, certificate=tls_certificate, key=tls_key)
    reached = url or listener.url
    messages = [
        "WeChat is simulated: anyone who can reach it can be anyone. Settings for the bridge:",
        *(f"  {setting}={reached}" for setting in ("BRIDGE_AUTHORIZE_HOST", "BRIDGE_API_HOSTS")),
        *(f"  {setting}" for setting in settings_for(known)),
    ]
    if not no_control:
        messages.append(f"What it does next is set at {reached}/control")
    with listener.socket:
        simulator = _simulator(
            with_callback_domain(known, callback_domain),
            reached,
            controlled=not no_control,
            targets=targets,
        )
        run(_serve(simulator, listener, messages))


def _check_one_way(*, config: bool, application: bool) -> None:
    """Applications are named in one of three ways; what the environment says is no way."""
    source = click.get_current_context().get_parameter_source
    by_id = ParameterSource.COMMANDLINE in {source("client_id"), source("client_secret")}
    if by_id + application + config > 1:
        raise click.UsageError("--client-id, --application and --config exclude one another")


def _application(client_id: str, client_secret: str) -> SimulatedApplication:
    try:
        return SimulatedApplication(client_id, client_secret)
    except ValueError as error:
        raise click.UsageError(f"--client-id, --client-secret: {error}") from None


def _simulator(
    applications: list[SimulatedApplication],
    url: str,
    *,
    controlled: bool,
    targets: Mapping[str, PushTarget],
) -> ASGIApp:
    try:
        return create_simulator(
            applications,
            now=Chance().now,
            new_id=lambda: secrets.token_urlsafe(24),
            url=url,
            controlled=controlled,
            push_targets=targets,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None


async def _serve(simulator: ASGIApp, listener: Listener, messages: list[str]) -> None:
    async with serving((Shield(simulator), listener)):
        await until_stopped(messages)
