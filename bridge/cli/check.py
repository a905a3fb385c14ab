"""``wechat-oidc check``: the doctor. It says what is well, what is not, and what to do."""

import asyncio
from pathlib import Path

import click

from bridge.cli.examinations import EXAMINATIONS
from bridge.cli.operating import config_option, operator_settings
from bridge.config import Settings


@click.command()
@config_option
def check(config: Path | None) -> None:
    """Examine the settings, the database, the keys, WeChat, the clock and the issuer.

    Ends with status 1 if something does not work. WeChat is asked about a code that nobody has.
    """
    settings = operator_settings(config)
    failed = asyncio.run(_examine(settings))
    raise SystemExit(1 if failed else 0)


async def _examine(settings: Settings) -> bool:
    failed = False
    for examination in EXAMINATIONS:
        for finding in await examination(settings):
            click.echo(f"{finding.subject:<10} {finding.verdict:<8} {finding.text}")
            failed = failed or finding.verdict == "FAILED"
    return failed
