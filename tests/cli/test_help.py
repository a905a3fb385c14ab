"""What every command says about itself."""

import re
import subprocess
import sys
from importlib.metadata import version

import click
import pytest

from bridge.cli import main
from tests.cli.terminal import Operator
from tests.commands import commands_of


def commands(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            found += commands(command, *path, name)
        else:
            found.append((*path, name))
    return found


ALL = commands(main)


def test_there_are_the_commands_of_the_manual() -> None:
    assert {" ".join(path) for path in ALL if path} >= {
        *("demo", "serve", "simulate", "check", "keys list", "keys rotate"),
        *(f"client {verb}" for verb in ("add", "list", "show", "update", "remove")),
    }


# Ids of keys may begin with a hyphen and an h.
WITHOUT_SHORT_FORM = ("keys", "revoke")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        pytest.param(command, option, id=f"{option} {' '.join(command)}")
        for command in ALL
        for option in ("--help", "-h")
        if (command, option) != (WITHOUT_SHORT_FORM, "-h")
    ],
)
def test_every_command_says_what_it_does(
    operator: Operator, command: tuple[str, ...], option: str
) -> None:
    text = operator.with_settings(ISSUER="nonsense").told(*command, option)
    assert text.startswith(f"Usage: {' '.join(('wechat-oidc', *command))} ")
    assert re.search(r"\n\n  [A-Z][^.]*\.", text), "it says in a sentence what it does"
    assert "--help" in text


def test_help_does_not_show_the_operators_secret(operator: Operator) -> None:
    assert operator.environ["BRIDGE_WECHAT_CLIENT_SECRET"]
    assert str(operator.environ["BRIDGE_WECHAT_CLIENT_SECRET"]) not in operator.told(
        "simulate", "--help"
    )


def test_an_unknown_command_is_told(operator: Operator) -> None:
    assert operator.misused("nonsense") == "No such command 'nonsense'."


def test_the_package_is_the_same_program() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bridge", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[-1] == version("wechat-oidc-bridge")
    assert said.stderr == ""
