"""Addresses as options."""

import click

from bridge.oidc.https_uri import UnfitURI, check_https_uri

# What takes an address, or a list of them, away again
NOWHERE = "none"


def https_uri(_context: click.Context, _option: click.Parameter, uri: str | None) -> str | None:
    """Return the address; refuse what no client may register."""
    try:
        if uri is not None:
            check_https_uri(uri)
    except UnfitURI as error:
        raise click.BadParameter(f"{uri!r} {error}") from None
    return uri
