"""The options of ``client add`` and ``client update`` about the claims that a client is told."""

from typing import Any

import click

from bridge.oidc.client import UnfitClient
from bridge.oidc.extra_claims import read_extra_claim

NO_CLAIM = "none"


def _read_extra_claims(
    _context: click.Context, _option: click.Parameter, assignments: tuple[str, ...]
) -> dict[str, Any] | None:
    if not assignments:
        return None
    if assignments == (NO_CLAIM,):
        return {}
    parted = [assignment.partition("=") for assignment in assignments]
    try:
        return {name: read_extra_claim(name, text) for name, _, text in parted}
    except UnfitClient as error:
        raise click.BadParameter(str(error)) from None


CLAIMS_OPTIONS = (
    click.option(
        "--claims-in-id-token",
        type=click.Choice(["scope", "none"]),
        help="none: the scope's claims are in UserInfo only.  [default: scope]",
    ),
    click.option(
        "--email-verified",
        type=click.Choice(["auto", "true", "false", "omit"]),
        help="The claim email_verified; auto is false.  [default: auto]",
    ),
    click.option(
        "--nickname",
        type=click.Choice(["username", "display", "omit"]),
        help="The claim nickname: the user name, or WeChat's name.  [default: username]",
    ),
    click.option(
        "--extra-claim",
        "extra_claims",
        multiple=True,
        callback=_read_extra_claims,
        metavar="none|NAME=VALUE",
        help="A claim under a name of its own; repeat. In VALUE, {sub}, {preferred_username},"
        " {name}, {email}, {number} and {groups} stand for the person's.",
    ),
)
