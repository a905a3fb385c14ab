"""The options of ``client add`` and ``client update`` about what people are shown of a client."""

from collections.abc import Callable
from typing import Any

import click

from bridge.cli.uri import https_uri


def _check_contacts(
    _context: click.Context, _option: click.Parameter, contacts: tuple[str, ...]
) -> tuple[str, ...]:
    if not all(contact.strip() and contact.isprintable() for contact in contacts):
        raise click.BadParameter("a contact is one line, and not blank")
    return contacts


def _page_option(name: str, described: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(name, callback=https_uri, metavar="URL", help=described)


PAGE_OPTIONS = (
    _page_option("--client-uri", "A page about the app."),
    _page_option("--logo-uri", "The picture that people are shown."),
    _page_option("--policy-uri", "What the app does with what it is told of people."),
    _page_option("--tos-uri", "The terms under which people use the app."),
    click.option(
        "--contact",
        "contacts",
        multiple=True,
        callback=_check_contacts,
        help="Who answers for the app, an e-mail address for example; repeat.",
    ),
    _page_option("--initiate-login-uri", "Where others may send people to sign in to the app."),
)
