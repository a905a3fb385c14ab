"""Known relying parties: the options of ``client add`` about presets, and ``client presets``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.oidc.provider_metadata import Offered, provider_metadata
from bridge.presets import (
    Facts,
    Filled,
    Preset,
    UnfitPreset,
    filled,
    preset,
    settings_text,
)


def _read_preset(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> Preset | None:
    if name is None:
        return None
    try:
        return preset(name)
    except UnfitPreset as error:
        raise click.BadParameter(str(error)) from None


def _read_values(
    _context: click.Context, _option: click.Parameter, assignments: tuple[str, ...]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{assignment!r} is not NAME=VALUE")
        if name in values:
            raise click.BadParameter(f"{name} is given twice")
        values[name] = value
    return values


_OPTIONS = (
    click.option(
        "--preset",
        "of_preset",
        callback=_read_preset,
        metavar="NAME",
        help="What it is: a name of wechat-oidc client presets. Other options go before.",
    ),
    click.option("--url", metavar="URL", help="With --preset: its own address."),
    click.option(
        "--with",
        "with_values",
        multiple=True,
        callback=_read_values,
        metavar="NAME=VALUE",
        help="With --preset: what else it is asked for; repeat.",
    ),
)


def preset_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a known relying party."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator typed about a preset; None: there is none."""

    preset: Preset | None
    url: str | None
    values: dict[str, str]

    @property
    def client_id(self) -> str | None:
        """What it is called where nothing is said; None for what there may be many of."""
        if self.preset is None or self.preset.is_library:
            return None
        return self.preset.name

    @property
    def is_public(self) -> bool:
        return self.preset is not None and self.preset.is_public

    def fill(self, members: Mapping[str, Any], settings: Settings) -> Filled:
        """Return what comes of it beside the ``members`` that are given."""
        if self.preset is None:
            return Filled({}, {})
        try:
            return filled(
                self.preset,
                url=self.url,
                values=self.values,
                given=members,
                offered=settings.scopes,
            )
        except UnfitPreset as error:
            raise click.UsageError(str(error)) from None

    def settings_of(
        self, settings: Settings, came_of_it: Filled, added: Client, secret: str | None
    ) -> str | None:
        """Return what to enter, in the words of the consumer; None where there is no preset."""
        if self.preset is None:
            return None
        facts = Facts(
            client=added,
            client_secret=secret,
            metadata=_endpoints(settings),
            email_domain=settings.email_host,
        )
        return settings_text(self.preset, came_of_it.values, facts)


def warn_of_left_out(came_of_it: Filled) -> None:
    for value in came_of_it.left_out:
        click.echo(
            f"warning: it would like to ask for {value}, but the setting scopes does not name that",
            err=True,
        )


def preset_asked(options: dict[str, Any]) -> Asked:
    """Take the preset's own options out of all that are given."""
    asked = Asked(options.pop("of_preset"), options.pop("url"), options.pop("with_values"))
    if asked.preset is None:
        for option, value in (("--url", asked.url), ("--with", asked.values)):
            if value:
                raise click.UsageError(f"{option} goes with --preset")
    return asked


def _endpoints(settings: Settings) -> Mapping[str, object]:
    offered = Offered(
        signing_algorithms=settings.algorithms,
        ui_locales=(),
        scopes=settings.scopes,
        acr_values=(),
    )
    return provider_metadata(settings.issuer, offered)
