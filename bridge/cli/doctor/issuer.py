"""The bridge as others reach it."""

import json
from typing import cast

import aiohttp

from bridge.cli.doctor.asking import NOBODY_BEHIND, Answer, get
from bridge.cli.doctor.finding import Finding
from bridge.config import Settings


async def examine_issuer(settings: Settings) -> list[Finding]:
    """Fetch what a relying party fetches first, by the public address, through DNS."""
    url = f"{settings.issuer}/.well-known/openid-configuration"
    try:
        answer = await get(settings, url)
    except aiohttp.ClientError:
        text = (
            f"{url} cannot be fetched from here: is the bridge running, does the name resolve, and"
            " is its certificate trusted (setting ca_file)?"
        )
        return [Finding("issuer", "warning", text)]
    if answer.status in NOBODY_BEHIND:
        text = f"a proxy answers {answer.status} for {url}: is the bridge running?"
        return [Finding("issuer", "warning", text)]
    if _issuer_in(answer) != settings.issuer:
        text = (
            f"{url} answers, but names another issuer or none: another server, a path in between,"
            " or a bridge that was not restarted after issuer was changed"
        )
        return [Finding("issuer", "FAILED", text)]
    return [Finding("issuer", "ok", f"{url} answers, fetched by its public address from here")]


def _issuer_in(answer: Answer) -> object:
    """The issuer that a discovery document names; None if the answer is none."""
    try:
        document: object = json.loads(answer.body) if answer.is_success else None
    except (ValueError, RecursionError):
        document = None
    return cast("dict[str, object]", document).get("issuer") if isinstance(document, dict) else None
