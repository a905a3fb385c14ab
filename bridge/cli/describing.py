"""From the options that describe a relying party to a ``Client``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from bridge.cli.preset import Asked, preset_asked, preset_options
from bridge.cli.registration import given, registration_options
from bridge.cli.wechat_registration import check_applications, described, is_without_browser
from bridge.config import Settings
from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.client_consistency import check_client
from bridge.oidc.client_registration import needs_secret
from bridge.oidc.redirect_uri import is_insecure
from bridge.oidc.signing import check_signing
from bridge.presets import Filled


def description_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that ``describe`` reads."""
    public = click.option(
        "--public", is_flag=True, help="No secret: an app on a phone or a desktop."
    )
    return public(preset_options(registration_options(command)))


@dataclass(frozen=True, slots=True)
class Described:
    """A relying party as it is described, not yet with a secret.

    ``asked`` and ``preset`` are what was said about a preset, and what came of it.
    """

    client: Client
    has_secret: bool
    asked: Asked
    preset: Filled


def describe(
    settings: Settings, client_id: str | None, options: Mapping[str, Any], *, default_id: str
) -> Described:
    """Return what the options describe, ``public`` and those of presets among them.

    ``default_id`` is for what has no name of its own. Raises click.UsageError.
    """
    options = dict(options)
    asked, public = preset_asked(options), options.pop("public")
    members, public = given(options), public or asked.is_public
    if public and "token_endpoint_auth_method" in members:
        raise _public_with_method()
    preset = asked.fill(members, settings)
    members = preset.members | members
    if not members.get("redirect_uris") and not is_without_browser(members):
        raise click.UsageError("--redirect-uri is missing: where does the app want its answers?")
    client_id = client_id or asked.client_id or default_id
    nobody = Client(client_id=client_id, client_name=client_id, redirect_uris=())
    client = described(nobody, members)
    return Described(client, needs_secret(client) and not public, asked, preset)


def check_registration(settings: Settings, client: Client) -> None:
    """Refuse what is good in itself and bad together; raise click.UsageError."""
    check_applications(settings, client)
    try:
        check_signing(client, settings.algorithms)
        check_client(client)
    except UnfitClient as error:
        raise click.UsageError(str(error)) from None
    for value in client.scope:
        if value not in settings.scopes:
            raise click.UsageError(f"the setting scopes does not name {value}")
    if not client.is_public:
        return
    if client.token_endpoint_auth_method not in (None, "none"):
        raise _public_with_method()
    if any(map(is_insecure, client.redirect_uris)):
        raise click.UsageError("a public client's redirect URI is https, loopback or an app's own")


def _public_with_method() -> click.UsageError:
    return click.UsageError("a public client has no secret, so --auth-method has no meaning")
