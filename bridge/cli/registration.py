"""The options that describe a relying party, shared by ``client add`` and ``client update``."""

from collections.abc import Callable
from typing import Any

import click

from bridge.cli.authentication import AUTHENTICATION_OPTIONS, with_one_place_for_keys
from bridge.cli.claims_registration import CLAIMS_OPTIONS
from bridge.cli.logout_registration import LOGOUT_OPTIONS
from bridge.cli.page_registration import PAGE_OPTIONS
from bridge.cli.protection import PROTECTION_OPTIONS, as_protected
from bridge.cli.request_registration import REQUEST_OPTIONS, as_registered
from bridge.cli.uri import NOWHERE
from bridge.cli.wechat_registration import WECHAT_OPTIONS
from bridge.oidc.access import UnfitAccess, read_access
from bridge.oidc.client import CLIENT_ID
from bridge.oidc.redirect_uri import UnfitRedirectURI, check_redirect_uri
from bridge.oidc.resource import UnfitResource, check_resource
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from bridge.oidc.scope import SCOPES_SUPPORTED


def check_client_id(
    _context: click.Context, _option: click.Parameter, client_id: str | None
) -> str | None:
    """Refuse what no relying party can be called."""
    if client_id is not None and not CLIENT_ID.fullmatch(client_id):
        raise click.BadParameter("it holds letters, digits and . _ ~ - only, 1 to 100 of them")
    return client_id


def _check_name(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    if name is not None and not (name.strip() and name.isprintable()):
        raise click.BadParameter("a name is one line, and not blank")
    return name


def _check_redirect_uris(
    _context: click.Context, _option: click.Parameter, redirect_uris: tuple[str, ...]
) -> tuple[str, ...]:
    for redirect_uri in redirect_uris:
        try:
            check_redirect_uri(redirect_uri)
        except UnfitRedirectURI as error:
            raise click.BadParameter(f"{redirect_uri!r}: {error}") from None
    return redirect_uris


def _check_access(
    _context: click.Context, _option: click.Parameter, access: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        read_access(access)
    except UnfitAccess as error:
        raise click.BadParameter(str(error)) from None
    return access


def _check_resources(
    _context: click.Context, _option: click.Parameter, resources: tuple[str, ...]
) -> tuple[str, ...]:
    if resources == (NOWHERE,):
        return resources
    for resource in resources:
        try:
            check_resource(resource)
        except UnfitResource as error:
            raise click.BadParameter(f"{resource!r}: {error}") from None
    return resources


OPTIONS = (
    click.option(
        "--name", "client_name", callback=_check_name, help="The name that people are shown."
    ),
    click.option(
        "--redirect-uri",
        "redirect_uris",
        multiple=True,
        callback=_check_redirect_uris,
        help="Where answers may go, exactly as the app sends it; repeat for more than one.",
    ),
    click.option(
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        multiple=True,
        callback=_check_redirect_uris,
        help="Where people may be sent once they are signed out; repeat.",
    ),
    *LOGOUT_OPTIONS,
    *PAGE_OPTIONS,
    click.option(
        "--access",
        multiple=True,
        callback=_check_access,
        metavar="anyone|nobody|ID|group:NAME",
        help="Who may enter; ID is a subject or unionid. Repeat for more than one.",
    ),
    click.option(
        "--consent",
        type=click.Choice(["never", "remember", "always"]),
        help="Whether people are asked before it knows them; remember: once.  [default: never]",
    ),
    click.option(
        "--scope",
        multiple=True,
        type=click.Choice(SCOPES_SUPPORTED),
        help="What it may ask for; repeat.  [default: openid profile email]",
    ),
    click.option(
        "--response-type",
        "response_types",
        multiple=True,
        type=click.Choice(RESPONSE_TYPES_SUPPORTED),
        help="What it may ask to be answered with; repeat.  [default: code]",
    ),
    *REQUEST_OPTIONS,
    *WECHAT_OPTIONS,
    click.option(
        "--default-max-age",
        type=click.IntRange(0, 999_999_999),
        metavar="SECONDS",
        help="How old a sign-in may be where the request does not say.",
    ),
    *AUTHENTICATION_OPTIONS,
    click.option(
        "--application-type",
        type=click.Choice(["web", "native"]),
        help="native: any port of a loopback redirect URI.  [default: web]",
    ),
    *PROTECTION_OPTIONS,
    click.option(
        "--access-token-format",
        type=click.Choice(["opaque", "jwt"]),
        help="jwt: an API can read its access tokens by itself.  [default: opaque]",
    ),
    click.option(
        "--resource",
        "resources",
        multiple=True,
        callback=_check_resources,
        metavar="URI|none",
        help="An API that its access tokens may be for; repeat.",
    ),
    *CLAIMS_OPTIONS,
)


def registration_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a relying party."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the members of ``Client`` that were given; what was not given stays as it is.

    ``token_exchange`` is for ``described``.
    """
    members = {name: value for name, value in options.items() if value not in (None, ())}
    if "access" in members:
        members["access"] = read_access(members["access"])
    if members.get("resources") == (NOWHERE,):
        members["resources"] = ()
    for name in ("backchannel_logout_uri", "frontchannel_logout_uri"):
        if members.get(name) == NOWHERE:
            members[name] = None
    return with_one_place_for_keys(as_registered(as_protected(members)))
