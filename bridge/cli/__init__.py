"""What the operator types: ``wechat-oidc COMMAND``. One module for each group of commands."""

import gc
import os
from collections.abc import Generator
from contextlib import contextmanager
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
    with _read_once():
        command: click.Command = getattr(import_module(f"bridge.cli.{name}"), name)
    return command


@contextmanager
def _read_once() -> Generator[None]:
    """Spare the modules that are imported meanwhile what takes them a fifth of their time.

    What they leave behind stays, so nobody has to look for garbage in it. And aiohttp (3.14) reads
    the system's list of authorities, twice, for requests that do not say whom they trust; all of
    ours do (bridge.connecting).
    """
    list_of_authorities = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = os.devnull
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        if list_of_authorities is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = list_of_authorities


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="wechat-oidc-bridge", message="%(prog)s %(version)s")
def main() -> None:
    """An OpenID Provider that signs people in with WeChat."""
