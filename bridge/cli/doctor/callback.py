"""Whether WeChat sends people back to the bridge, and what its consoles have to be told for that.

Website applications: https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
Service accounts: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md
Mini programs: https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html
(all as of 2026-11)
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address

import aiohttp

from bridge.app import open_wechat
from bridge.cli.doctor.asking import get_of_wechat
from bridge.cli.doctor.finding import Finding, Verdict
from bridge.config import Settings
from bridge.config.origins import host_of
from bridge.wechat import WeChatClient

# The picture that a person scans, and the headings of the pages that stand in its place
SHOWS_CODE = re.compile(r"""<img[^>]*\sclass=["'][^"']*\bqrcode\b""")
REFUSES_CALLBACK = "redirect_uri 参数错误"
REFUSES_SCOPE = "Scope 参数错误"
REFUSES_LINK = "该链接无法访问"

# Letters and digits, as WeChat's state has to be
STATE = "check"

HOST_ALONE = "the host alone, without https://, port and path"


async def examine_callback(settings: Settings) -> list[Finding]:
    """Say what to type where, and ask WeChat's page with the QR code whether it is typed."""
    unfit = _unfit(settings)
    findings = [Finding("callback", verdict, text) for verdict, text in unfit]
    if any(verdict == "FAILED" for verdict, _ in unfit):
        return findings
    async with open_wechat(settings) as every:
        for wechat in every:
            findings += await _of(settings, wechat)
    return findings


def _unfit(settings: Settings) -> list[tuple[Verdict, str]]:
    """Judge the address itself. A simulated WeChat takes any."""
    host = host_of(settings.issuer)
    if settings.simulated:
        return []
    if not _is_public(host):
        text = (
            f"WeChat takes no IP address and no name such as localhost, and the bridge is {host}:"
            " give it a public host name (setting issuer), or try it with wechat-oidc simulate"
        )
        return [("FAILED", text)]
    if settings.issuer != f"https://{host}":
        # https://docs.pingidentity.com/pingidm/7.4/self-service-reference/social-providers/section-wechat-social.html
        text = (
            f"{settings.issuer} has a port: WeChat has been seen to call back on 443 and 80 only,"
            " and its console takes no port"
        )
        return [("warning", text)]
    return []


def _is_public(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host
    return False


async def _of(settings: Settings, wechat: WeChatClient) -> list[Finding]:
    appid, kind = wechat.application.appid, wechat.application.kind
    if kind == "website":
        verdict, text = await _ask_for_code(settings, wechat)
        return [Finding("callback", verdict, f"{appid}: {text}")]
    return [Finding("callback", "ok", f"{appid}: {text}") for text in _to_type(settings, kind)]


def _to_type(settings: Settings, kind: str) -> Iterator[str]:
    """What no page of WeChat's tells from here."""
    host = host_of(settings.issuer)
    if not _is_public(host):
        return
    if kind == "official_account":
        yield (
            f"网页授权域名 (at mp.weixin.qq.com: 设置与开发, 账号设置, 功能设置) has to be {host}:"
            f" {HOST_ALONE}. The account has to be a verified service account, the host to have an"
            " ICP filing (备案); not examined"
        )
        if not settings.mp_verify:
            yield "WeChat wants a file MP_verify_….txt there first: see the setting mp_verify"
    elif kind == "mini_program":
        yield (
            "where the mini program itself calls /token, request 合法域名 (at mp.weixin.qq.com:"
            f" 开发管理, 服务器域名) has to be {settings.issuer}, and the host to have an ICP"
            " filing (备案); not examined"
        )


async def _ask_for_code(settings: Settings, wechat: WeChatClient) -> tuple[Verdict, str]:
    """Open the page to which people are sent. Nothing begins by that but a code that expires."""
    callback_uri = f"{settings.issuer}/callback/wechat"
    url = wechat.authorization_url(callback_uri=callback_uri, wechat_state=STATE)
    typed = (
        "授权回调域 (at open.weixin.qq.com: 管理中心, 网站应用) has to be"
        f" {host_of(settings.issuer)}: {HOST_ALONE}"
    )
    try:
        page = (await get_of_wechat(settings, url)).body.decode("utf-8", "replace")
    except aiohttp.ClientError:
        return "warning", f"{settings.authorize_host} cannot be reached from here; {typed}"
    if REFUSES_CALLBACK in page:
        return "FAILED", f"WeChat does not call {callback_uri}: {typed}"
    if REFUSES_SCOPE in page:
        return "FAILED", (
            "WeChat shows no QR code for it: it is no website application (setting wechat.kind), or"
            " it has not been granted WeChat login (微信登录) yet"
        )
    if REFUSES_LINK in page:
        return "FAILED", f"WeChat says {REFUSES_LINK} for it: compare the AppID, and {typed}"
    if SHOWS_CODE.search(page) is None:
        return "warning", f"{settings.authorize_host} answers, but shows no QR code; {typed}"
    return "ok", f"WeChat shows its QR code and will call {callback_uri}"
