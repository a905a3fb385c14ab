"""What the operator types: ``wechat-oidc COMMAND``. One module for each group of commands."""

import click

from bridge.cli.account import account
from bridge.cli.audit import audit
from bridge.cli.check import check
from bridge.cli.client import client
from bridge.cli.database import database
from bridge.cli.demo import demo
from bridge.cli.group import group
from bridge.cli.keys import keys
from bridge.cli.secrets import secrets
from bridge.cli.serve import serve
from bridge.cli.simulate import simulate

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wechat-oidc-bridge", message="%(prog)s %(version)s")
def main() -> None:
    """An OpenID Provider that signs people in with WeChat."""


for _command in (
    demo,
    serve,
    simulate,
    check,
    client,
    account,
    group,
    audit,
    keys,
    secrets,
    database,
):
    main.add_command(_command)
