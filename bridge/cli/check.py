"""``wechat-oidc check``: the doctor. It says what is well, what is not, and what to do."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click

from bridge.cli.doctor import EXAMINATIONS, Finding
from bridge.cli.operating import config_option, operator_settings
from bridge.config import Settings


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON array.")
def check(config: Path | None, *, as_json: bool) -> None:
    """Examine the settings, the database, the keys, WeChat, the clock and the issuer.

    Ends with status 1 if something does not work. WeChat is asked about a code that nobody has,
    and for its page with the QR code.
    """
    settings = operator_settings(config)
    findings = asyncio.run(_examine(settings, aloud=not as_json))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    raise SystemExit(1 if any(finding.verdict == "FAILED" for finding in findings) else 0)


async def _examine(settings: Settings, *, aloud: bool) -> list[Finding]:
    """Say each finding at once, for some take a while."""
    findings: list[Finding] = []
    for examination in EXAMINATIONS:
        for finding in await examination(settings):
            findings.append(finding)
            if aloud:
                click.echo(f"{finding.subject:<10} {finding.verdict:<8} {finding.text}")
    return findings
