"""What the operator types: ``wechat-oidc COMMAND``. One module for each group of commands."""

import gc
from functools import cache
from importlib import import_module

import click

__all__ = ["main"]

# Each is what its module is called, and the command in it.
COMMANDS = (
    "account",
    "audit",
    "check",
    "client",
    "database",
    "demo",
    "group",
    "keys",
    "secrets",
    "serve",
    "simulate",
)


class Commands(click.Group):
    """``COMMANDS``. A module is imported when its command is asked for: all take half a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's
        cmd_name: str,
    ) -> click.Command | None:
        return _command(cmd_name) if cmd_name in COMMANDS else None


@cache
def _command(name: str) -> click.Command:
    """Import a command. What that leaves behind stays, so nobody looks for garbage in it."""
    gc.disable()
    try:
        command: click.Command = getattr(import_module(f"bridge.cli.{name}"), name)
    finally:
        gc.freeze()
        gc.enable()
    return command


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="wechat-oidc-bridge", message="%(prog)s %(version)s")
def main() -> None:
    """An OpenID Provider that signs people in with WeChat."""
