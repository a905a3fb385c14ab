"""Which applications the simulated WeChat knows: named one by one, or those of the settings."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from bridge.cli.operating import operator_settings
from bridge.wechat.simulator import Kind, SimulatedApplication

# Anybody may know them: they open nothing but the simulation.
SIMULATED_APPID = "wx5111a7ed5111a7ed"
SIMULATED_OFFICIAL_APPID = "wx0ff1c1a15111a7ed"
SIMULATED_SECRET = "51".zfill(32)

FORM = "KIND:APPID:SECRET[:ACCOUNT]"

# Those whose callbacks a browser follows; the others have none.
_WITH_CALLBACKS = frozenset({Kind.WEBSITE, Kind.OFFICIAL_ACCOUNT})


class ApplicationType(click.ParamType[SimulatedApplication]):
    """``website:wx5111a7ed5111a7ed:secret:main``; an empty account is none at all."""

    name = FORM

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> SimulatedApplication:
        kind, *parts = str(value).split(":")
        if kind not in set(Kind):
            self.fail(f"{FORM}, where KIND is one of {', '.join(Kind)}", param, ctx)
        if len(parts) not in {2, 3} or not all(parts[:2]):
            self.fail(FORM, param, ctx)
        account = (parts[2] or None) if len(parts) > 2 else "main"  # noqa: PLR2004
        return SimulatedApplication(parts[0], parts[1], platform_account=account, kind=Kind(kind))


def applications_of(config: Path) -> tuple[str | None, list[SimulatedApplication]]:
    """Return the host of callbacks, and the applications of the settings; ends if they are bad.

    The host is None, for any, if the issuer has a port or is an IPv6 address: WeChat would register
    neither.
    """
    settings = operator_settings(config)
    host = settings.issuer.partition("://")[2]
    return None if ":" in host else host, [
        SimulatedApplication(
            application.client_id,
            application.client_secret.get_secret_value(),
            platform_account=application.platform_account,
            kind=Kind(application.kind),
        )
        for application in settings.wechat
    ]


def with_callback_domain(
    applications: Sequence[SimulatedApplication], domain: str | None
) -> list[SimulatedApplication]:
    """Return the applications, those with callbacks under this host; None is any host."""
    return [
        replace(application, callback_domain=domain)
        if application.kind in _WITH_CALLBACKS
        else application
        for application in applications
    ]


def settings_for(applications: Sequence[SimulatedApplication]) -> list[str]:
    """Return the bridge's settings for these applications, as variables.

    A secret that is not everybody's is not shown.
    """
    lines: list[str] = []
    for number, application in enumerate(applications, start=1):
        name = "BRIDGE_WECHAT_" if number == 1 else f"BRIDGE_WECHAT_{number}_"
        own = application.secret != SIMULATED_SECRET
        if application.kind is not Kind.WEBSITE:
            lines.append(f"{name}KIND={application.kind}")
        lines += [
            f"{name}CLIENT_ID={application.appid}",
            f"{name}CLIENT_SECRET={'… (as you have set it)' if own else application.secret}",
        ]
        if application.platform_account not in {None, "main"}:
            lines.append(f"{name}PLATFORM_ACCOUNT={application.platform_account}")
    return lines
