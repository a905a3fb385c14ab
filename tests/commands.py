"""The commands as click has them."""

from collections.abc import Sequence
from typing import Any

import click

from bridge.cli import main


def commands_of(group: click.Group) -> dict[str, click.Command]:
    """Return the commands of a group by name, in the order in which it lists them."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def typed(words: Sequence[str], **parsing: Any) -> click.Context:
    """Return what click makes of a command and its options, below ``wechat-oidc`` as always.

    A command keeps what it first took for its option of help, which it has from above.
    """
    name, *options = words
    above = click.Context(main, info_name="wechat-oidc", **main.context_settings)
    return commands_of(main)[name].make_context(name, options, parent=above, **parsing)
