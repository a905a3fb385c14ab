"""WeChat's hosts as the bridge reaches them, and the time that they tell."""

from email.utils import parsedate_to_datetime

import aiohttp

from bridge.app import Chance
from bridge.cli.doctor.asking import get_of_wechat
from bridge.cli.doctor.finding import Finding
from bridge.config import Settings
from bridge.wechat import proxys_fault

# Consumers tolerate minutes, some none; a clock that is off by this much is not kept at all.
CLOCK_TOLERANCE = 30


async def examine_proxy(settings: Settings) -> list[Finding]:
    """Have it connect to WeChat; what lies behind it is examined by others."""
    proxy = settings.proxy
    if proxy is None:
        return []
    fault = None
    for host in settings.api_hosts:
        try:
            await get_of_wechat(settings, host)
        except aiohttp.ClientError as error:
            fault = proxys_fault(error)
        else:
            fault = None
        if fault is None:
            return [Finding("proxy", "ok", f"{proxy.url} connects to WeChat")]
    text = f"{proxy.url}: {fault} (setting wechat_proxy); nobody can sign in"
    return [Finding("proxy", "FAILED", text)]


async def examine_hosts(settings: Settings) -> list[Finding]:
    """Reach each host of the API, for the second is needed when the first is not reached."""
    missed = [host for host in settings.api_hosts if not await _answers(settings, host)]
    if missed:
        alone = len(missed) == len(settings.api_hosts)
        rest = "nobody can sign in" if alone else "people sign in by the others meanwhile"
        way = "from here" if settings.proxy is None else "by the proxy"
        text = f"{', '.join(missed)} cannot be reached {way}: {rest}"
        return [Finding("hosts", "FAILED" if alone else "warning", text)]
    return [Finding("hosts", "ok", f"{', '.join(settings.api_hosts)} can be reached")]


async def _answers(settings: Settings, host: str) -> bool:
    try:
        await get_of_wechat(settings, host)
    except aiohttp.ClientError:
        return False
    return True


async def examine_clock(settings: Settings) -> list[Finding]:
    """Compare with the Date of WeChat's answer, which is right."""
    host = settings.api_hosts[0]
    try:
        answer = await get_of_wechat(settings, host)
        theirs = int(parsedate_to_datetime(answer.date).timestamp())
    except (aiohttp.ClientError, ValueError, TypeError, OverflowError):
        return [Finding("clock", "warning", f"{host} did not say what time it is")]
    difference = Chance().now() - theirs
    if abs(difference) > CLOCK_TOLERANCE:
        text = f"differs from {host} by {difference} s: relying parties will refuse ID Tokens"
        return [Finding("clock", "FAILED", text)]
    return [Finding("clock", "ok", f"differs from {host} by {difference} s")]
