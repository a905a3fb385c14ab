"""The options that say how a relying party proves who it is, and with which keys."""

import json
from pathlib import Path
from typing import Any, cast

import click

from bridge.cli.uri import https_uri
from bridge.oidc.client_authentication import ASSERTION_ALGORITHMS, CONFIDENTIAL_METHODS
from bridge.oidc.client_jwks import UnfitJWKSet, read_jwks

LARGEST_FILE = 65_536


def _read_jwks(
    _context: click.Context, _option: click.Parameter, file: Path | None
) -> dict[str, Any] | None:
    """Return the public keys in a file."""
    if file is None:
        return None
    try:
        with file.open("rb") as opened:
            document: object = json.loads(opened.read(LARGEST_FILE))
    except OSError as error:
        raise click.BadParameter(f"{str(file)!r}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise click.BadParameter(f"{str(file)!r} is no JSON") from None
    if not isinstance(document, dict):
        raise click.BadParameter(f"{str(file)!r} is no JWK Set")
    try:
        return read_jwks(cast("dict[str, Any]", document))
    except UnfitJWKSet as error:
        raise click.BadParameter(f"{str(file)!r} {error}") from None


AUTHENTICATION_OPTIONS = (
    click.option(
        "--auth-method",
        "token_endpoint_auth_method",
        type=click.Choice(CONFIDENTIAL_METHODS),
        help="The only way it proves who it is.  [default: basic or post]",
    ),
    click.option(
        "--auth-signing-alg",
        "token_endpoint_auth_signing_alg",
        type=click.Choice(ASSERTION_ALGORITHMS),
        help="What it signs that with, if it signs.  [default: HS256, or its key's]",
    ),
    click.option(
        "--jwks",
        callback=_read_jwks,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Its public keys: a JWK Set.",
    ),
    click.option(
        "--jwks-uri",
        callback=https_uri,
        metavar="URL",
        help="Where its public keys are.",
    ),
)


def with_one_place_for_keys(members: dict[str, Any]) -> dict[str, Any]:
    """RFC 7591 §2: ``jwks`` or ``jwks_uri``; what is given takes the place of the other."""
    if "jwks" in members and "jwks_uri" in members:
        raise click.UsageError("either --jwks or --jwks-uri")
    if "jwks" in members:
        return members | {"jwks_uri": None}
    if "jwks_uri" in members:
        return members | {"jwks": None}
    return members
