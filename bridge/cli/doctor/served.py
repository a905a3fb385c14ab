"""What WeChat fetches from the bridge: the address of pushes, and the proofs of a domain."""

from urllib.parse import urlencode

import aiohttp

from bridge.app import Chance
from bridge.cli.doctor.asking import NOBODY_BEHIND, get
from bridge.cli.doctor.finding import Finding, Verdict
from bridge.config import Settings
from bridge.config.tables import WeChatApplication
from bridge.wechat.events.signature import push_signature


async def examine_pushes(settings: Settings) -> list[Finding]:
    """Ask the address of pushes as WeChat's console does when it is typed there.

    https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html
    (as of 2026-11)
    """
    findings: list[Finding] = []
    told: list[tuple[Verdict, str]]
    for application in settings.wechat:
        if application.events_token is not None:
            url = f"{settings.issuer}/wechat/events/{application.client_id}"
            told = [await _check(settings, url, application.events_token.get_secret_value())]
            told += _mode(application)
        elif settings.simulated:
            continue
        else:
            text = (
                "that a person withdraws at WeChat is not heard of here, and they stay signed in"
                " (setting wechat.events_token)"
            )
            told = [("warning", text)]
        findings += [Finding("pushes", v, f"{application.client_id}: {t}") for v, t in told]
    return findings


async def _check(settings: Settings, url: str, token: str) -> tuple[Verdict, str]:
    chance = Chance()
    timestamp, nonce = str(chance.now()), chance.random_bytes(8).hex()
    echostr = chance.random_bytes(8).hex()
    query = {
        "signature": push_signature(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echostr,
    }
    verdict = await _fetched(settings, f"{url}?{urlencode(query)}", echostr)
    return verdict, {
        "ok": f"{url} answers; it is the 服务器地址 (URL) of 消息推送 in WeChat's console",
        "warning": f"{url} cannot be fetched from here: is the bridge running?",
        "FAILED": f"{url} does not answer as WeChat wants it: restart the bridge after a change of"
        " wechat.events_token, and let the proxy before it pass all on",
    }[verdict]


def _mode(application: WeChatApplication) -> list[tuple[Verdict, str]]:
    if application.events_in_plain == "act":
        text = (
            "withdrawals are acted on although no signature covers them: whoever sees one push can"
            " sign people out (setting wechat.events_in_plain)"
        )
    elif application.events_aes_key is None:
        text = (
            "withdrawals are written to the audit trail and nothing else is done: choose the secure"
            " mode (安全模式) in WeChat's console, and set wechat.events_aes_key"
        )
    else:
        return []
    return [("warning", text)]


async def examine_files(settings: Settings) -> list[Finding]:
    """Fetch each MP_verify_….txt as WeChat's console does before it takes a domain."""
    findings: list[Finding] = []
    for name, content in settings.domain_proofs.items():
        url = f"{settings.issuer}/MP_verify_{name}.txt"
        verdict = await _fetched(settings, url, content)
        text = {
            "ok": f"{url} is served",
            "warning": f"{url} cannot be fetched from here: is the bridge running?",
            "FAILED": f"{url} is not what the setting mp_verify says: restart the bridge after a"
            " change, and let the proxy before it pass all on",
        }[verdict]
        findings.append(Finding("files", verdict, text))
    return findings


async def _fetched(settings: Settings, url: str, expected: str) -> Verdict:
    try:
        answer = await get(settings, url)
    except aiohttp.ClientError:
        return "warning"
    if answer.status in NOBODY_BEHIND:
        return "warning"
    return "ok" if answer.is_success and answer.body == expected.encode() else "FAILED"
