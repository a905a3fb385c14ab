"""The options that say in which form a relying party sends its requests."""

from typing import Any

import click

from bridge.cli.uri import NOWHERE
from bridge.oidc.https_uri import UnfitURI, check_https_uri
from bridge.oidc.request_object import ALGORITHMS_SUPPORTED

# Request objects that the client signs as it likes
ANY = "any"


def _check_request_uris(
    _context: click.Context, _option: click.Parameter, request_uris: tuple[str, ...]
) -> tuple[str, ...]:
    if request_uris == (NOWHERE,):
        return request_uris
    for request_uri in request_uris:
        try:
            check_https_uri(request_uri, may_have_fragment=True)
        except UnfitURI as error:
            raise click.BadParameter(f"{request_uri!r} {error}") from None
    return request_uris


def as_registered(members: dict[str, Any]) -> dict[str, Any]:
    """What the words of this module's options stand for."""
    changed = dict(members)
    if changed.get("request_object_signing_alg") == ANY:
        changed["request_object_signing_alg"] = None
    if changed.get("request_uris") == (NOWHERE,):
        changed["request_uris"] = ()
    return changed


REQUEST_OPTIONS = (
    click.option(
        "--request-object-alg",
        "request_object_signing_alg",
        type=click.Choice([ANY, *ALGORITHMS_SUPPORTED]),
        help="How its request objects are signed; none: not at all.  [default: any]",
    ),
    click.option(
        "--request-uri",
        "request_uris",
        multiple=True,
        callback=_check_request_uris,
        metavar="URI|none",
        help="Where its request objects may be fetched; repeat for more than one.",
    ),
    click.option(
        "--require-par/--no-require-par",
        "require_pushed_authorization_requests",
        default=None,
        help="Whether it has to push its requests.  [default: no]",
    ),
)
