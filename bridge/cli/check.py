"""``wechat-oidc check``: the doctor. It says what is well, what is not, and what to do."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bridge.cli.doctor import BEFORE_SERVE, EXAMINATIONS, Finding
from bridge.cli.operating import config_option, operator_settings
from bridge.config import Settings

Examination = Callable[[Settings], Awaitable[list[Finding]]]

# Seconds for one examination: what it asks has limits of its own, and all of them take less.
PATIENCE = 60.0


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON array.")
@click.option(
    "--before-serve",
    is_flag=True,
    help="Ask neither WeChat nor the bridge, which need not be there yet: for an init container.",
)
def check(config: Path | None, *, as_json: bool, before_serve: bool) -> None:
    """Examine the settings, the database, the keys, WeChat, the clock and the issuer.

    Ends with status 1 if something does not work, and 2 if the settings cannot be read. WeChat is
    asked about a code that nobody has, and for its page with the QR code.
    """
    settings = operator_settings(config)
    examinations = BEFORE_SERVE if before_serve else EXAMINATIONS
    findings = asyncio.run(examine(settings, examinations, aloud=not as_json))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    raise SystemExit(1 if any(finding.verdict == "FAILED" for finding in findings) else 0)


async def examine(
    settings: Settings,
    examinations: Sequence[Examination],
    *,
    aloud: bool,
    patience: float = PATIENCE,
) -> list[Finding]:
    """Say each finding at once, for some take a while; ``patience`` is seconds for each."""
    findings: list[Finding] = []
    for examination in examinations:
        for finding in await _found(examination, settings, patience):
            findings.append(finding)
            if aloud:
                click.echo(f"{finding.subject:<10} {finding.verdict:<8} {finding.text}")
    return findings


async def _found(examination: Examination, settings: Settings, patience: float) -> list[Finding]:
    """Nothing hangs, so that whoever waits for the end of this program hears of it."""
    try:
        async with asyncio.timeout(patience):
            return await examination(settings)
    except TimeoutError:
        subject = getattr(examination, "__name__", "").removeprefix("examine_")
        return [Finding(subject, "FAILED", f"no answer within {patience:g} seconds")]
