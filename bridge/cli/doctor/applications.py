"""The applications at WeChat: whether WeChat knows them, and what each can tell of a person."""

from collections.abc import Iterator
from dataclasses import replace

from bridge.app import open_wechat
from bridge.cli.doctor.finding import Finding
from bridge.config import Settings
from bridge.wechat import (
    BROWSER_KINDS,
    WeChatAppidRejected,
    WeChatBusy,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatLimited,
    WeChatProxyFailed,
    WeChatSecretRejected,
    WeChatUnavailable,
)

# They belong to an Open Platform account only once they are bound to it; the others always do.
BOUND_BY_HAND = ("official_account", "mini_program")


async def examine_applications(settings: Settings) -> list[Finding]:
    """Ask for each application about a code that nobody has."""
    async with open_wechat(settings) as every:
        return [await _application(settings, wechat) for wechat in every]


async def _application(settings: Settings, wechat: WeChatClient) -> Finding:
    try:
        await wechat.probe()
    except WeChatCodeRejected:
        finding = Finding("wechat", "ok", "AppID and AppSecret are right")
    except WeChatAppidRejected as error:
        text = f"the AppID is wrong ({error}): compare it with WeChat's console"
        finding = Finding("wechat", "FAILED", text)
    except WeChatSecretRejected as error:
        text = f"the AppSecret is wrong ({error}): it may have been reset in WeChat's console"
        finding = Finding("wechat", "FAILED", text)
    except WeChatProxyFailed as error:
        finding = Finding("wechat", "FAILED", f"it was not asked: {error} (setting wechat_proxy)")
    except (WeChatUnavailable, WeChatBusy, WeChatLimited) as error:
        text = f"{', '.join(settings.api_hosts)} cannot be reached or does not answer ({error})"
        finding = Finding("wechat", "FAILED", text)
    except WeChatError as error:
        finding = Finding("wechat", "FAILED", f"{type(error).__name__} ({error})")
    else:
        finding = Finding("wechat", "FAILED", "it answered for a code that nobody has")
    appid = wechat.application.appid
    return (
        finding if len(settings.wechat) == 1 else replace(finding, text=f"{appid}: {finding.text}")
    )


async def examine_ways(settings: Settings) -> list[Finding]:
    """Say which browsers have no way to sign in."""
    kinds = {application.kind for application in settings.wechat}
    if kinds.isdisjoint(BROWSER_KINDS):
        text = (
            "no application is for browsers (wechat.kind website, official_account): people sign"
            " in only to apps and mini programs that hand in WeChat's code at /token"
        )
    elif "website" not in kinds:
        text = (
            "no application is a website application: people whose browser is not WeChat's own"
            " cannot sign in there"
        )
    elif "official_account" not in kinds:
        text = (
            "no application is an official_account: inside WeChat, and on a phone, people are"
            " shown a QR code that only another device can scan"
        )
    else:
        return [Finding("ways", "ok", "people sign in inside WeChat, and by QR code elsewhere")]
    return [Finding("ways", "warning", text)]


async def examine_unionid(settings: Settings) -> list[Finding]:
    """Say where WeChat tells no unionid, by which a person is one in several applications.

    https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken (as of
    2026-11): not with snsapi_base, and not before the application is bound.
    """
    return [*_silent_about_it(settings), *_to_be_bound(settings)]


def _silent_about_it(settings: Settings) -> Iterator[Finding]:
    for application in settings.wechat:
        if application.kind != "official_account" or application.scope != "snsapi_base":
            continue
        said = f"{application.client_id}: WeChat tells no unionid for the scope snsapi_base"
        if settings.subject == "unionid":
            text = f"{said}, which the setting subject requires: take snsapi_userinfo"
            yield Finding("unionid", "FAILED", text)
        elif _siblings(settings, application.platform_account) > 1:
            text = f"{said}: whoever signs in by it is another person than by the others"
            yield Finding("unionid", "warning", text)


def _to_be_bound(settings: Settings) -> Iterator[Finding]:
    for application in settings.wechat:
        account = application.platform_account
        if application.kind not in BOUND_BY_HAND or not (
            settings.subject == "unionid" or _siblings(settings, account) > 1
        ):
            continue
        text = (
            f"{application.client_id}: WeChat tells a unionid once it is bound (绑定) to the Open"
            f" Platform account that is called {account} here, at open.weixin.qq.com; not examined"
        )
        yield Finding("unionid", "ok", text)


def _siblings(settings: Settings, platform_account: str) -> int:
    return sum(known.platform_account == platform_account for known in settings.wechat)
