"""The options that say where a relying party is told that somebody signed out."""

from collections.abc import Callable

import click

from bridge.cli.uri import NOWHERE
from bridge.oidc.logout_uri import (
    UnfitLogoutURI,
    check_backchannel_logout_uri,
    check_frontchannel_logout_uri,
)


def _checked_by(
    check: Callable[[str], None],
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    def checked(_context: click.Context, _option: click.Parameter, uri: str | None) -> str | None:
        if uri not in (None, NOWHERE):
            try:
                check(uri)
            except UnfitLogoutURI as error:
                raise click.BadParameter(f"{uri!r}: {error}") from None
        return uri

    return checked


LOGOUT_OPTIONS = (
    click.option(
        "--backchannel-logout-uri",
        callback=_checked_by(check_backchannel_logout_uri),
        metavar="URI|none",
        help="Where it is told, server to server, that somebody signed out.",
    ),
    click.option(
        "--backchannel-logout-session-required",
        is_flag=True,
        default=None,
        help="It wants sid there; it is told sid in any case.",
    ),
    click.option(
        "--frontchannel-logout-uri",
        callback=_checked_by(check_frontchannel_logout_uri),
        metavar="URI|none",
        help="What the browser loads there when somebody signs out.",
    ),
    click.option(
        "--frontchannel-logout-session-required",
        is_flag=True,
        default=None,
        help="It wants iss and sid there; it is told both in any case.",
    ),
)
