"""What ``wechat-oidc check`` examines, each on its own, each with what to do about it."""

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Literal, cast

import httpx

from bridge.app import (
    Chance,
    examine_accounts,
    open_keys,
    open_store,
    open_subject_key,
    open_wechat,
)
from bridge.config import Settings
from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.signing import check_signing
from bridge.sealing import ClientSecrets
from bridge.store import UnusableDatabase
from bridge.wechat import (
    Limits,
    WeChatAppidRejected,
    WeChatBusy,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatLimited,
    WeChatSecretRejected,
    WeChatUnavailable,
    create_http_client,
)
from keys import UnusableKeys

Verdict = Literal["ok", "warning", "FAILED"]

# Consumers tolerate minutes, some none; a clock that is off by this much is not kept at all.
CLOCK_TOLERANCE = 30

LARGEST_ANSWER = 65_536

# What a proxy answers while nobody is behind it: bad gateway, unavailable, timeout.
NOBODY_BEHIND = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    verdict: Verdict
    text: str


async def _settings(settings: Settings) -> list[Finding]:
    findings = [Finding("settings", "ok", f"issuer {settings.issuer}")]
    if settings.simulated:
        hosts = dict.fromkeys((settings.authorize_host, *settings.api_hosts))
        text = f"WeChat is simulated: anyone can be anyone; it is {', '.join(hosts)}"
        findings.append(Finding("settings", "warning", text))
    if settings.registration.mode == "open":
        entered = "anyone" if settings.registration.may_enter is None else "whom you let"
        text = f"whoever reaches the bridge may register an app, for {entered} to enter"
        findings.append(Finding("settings", "warning", text))
    return findings


async def _database(settings: Settings) -> list[Finding]:
    try:
        store = await open_store(settings)
    except UnusableDatabase as error:
        return [Finding("database", "FAILED", str(error))]
    try:
        await open_subject_key(settings, store, Chance())
        await examine_accounts(settings, store)
        clients = await store.clients()
    except UnusableDatabase as error:
        return [Finding("database", "FAILED", str(error))]
    finally:
        await store.close()
    findings = [Finding("database", "ok", f"{settings.database}, {len(clients)} clients")]
    open_to_anyone = [known.client_id for known in clients if known.access is None]
    if open_to_anyone:
        text = f"anyone who has WeChat may enter: {', '.join(open_to_anyone)}"
        findings.append(Finding("clients", "warning", text))
    findings += _registrations(settings, clients)
    return findings


def _registrations(settings: Settings, clients: list[Client]) -> list[Finding]:
    """Name the clients that the settings have left behind."""
    findings: list[Finding] = []
    for known in clients:
        try:
            check_signing(known, settings.algorithms)
        except UnfitClient as error:
            text = f"{known.client_id} cannot sign anybody in: {error}"
            findings.append(Finding("clients", "FAILED", text))
    secrets, now = ClientSecrets(settings.secret_values), Chance().now()
    unopened = [
        known.client_id
        for known in clients
        if known.client_secret_sealed and secrets.open(known, now=now) is None
    ]
    if unopened:
        text = f"their secrets cannot be opened with the setting secrets: {', '.join(unopened)}"
        findings.append(Finding("clients", "FAILED", text))
    return findings


async def _keys(settings: Settings) -> list[Finding]:
    try:
        ring = open_keys(settings).ring(Chance().now())
    except UnusableKeys as error:
        return [Finding("keys", "FAILED", str(error))]
    return [Finding("keys", "ok", f"{len(ring.keys)} published, {', '.join(ring.algorithms)}")]


async def _wechat(settings: Settings) -> list[Finding]:
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


async def _clock(settings: Settings) -> list[Finding]:
    """Compare with the Date of WeChat's answer, which is right."""
    host = settings.api_hosts[0]
    try:
        answer = await _get(settings, host)
        theirs = int(parsedate_to_datetime(answer.headers["date"]).timestamp())
    except (httpx.HTTPError, KeyError, ValueError, TypeError, OverflowError):
        return [Finding("clock", "warning", f"{host} did not say what time it is")]
    difference = Chance().now() - theirs
    if abs(difference) > CLOCK_TOLERANCE:
        text = f"differs from {host} by {difference} s: relying parties will refuse ID Tokens"
        return [Finding("clock", "FAILED", text)]
    return [Finding("clock", "ok", f"differs from {host} by {difference} s")]


async def _issuer(settings: Settings) -> list[Finding]:
    """Fetch what a relying party fetches first, by the public address, through DNS."""
    url = f"{settings.issuer}/.well-known/openid-configuration"
    try:
        answer = await _get(settings, url)
    except httpx.HTTPError:
        text = (
            f"{url} cannot be fetched from here: is the bridge running, does the name resolve, and"
            " is its certificate trusted (setting ca_file)?"
        )
        return [Finding("issuer", "warning", text)]
    if answer.status_code in NOBODY_BEHIND:
        text = f"a proxy answers {answer.status_code} for {url}: is the bridge running?"
        return [Finding("issuer", "warning", text)]
    if _issuer_in(answer) != settings.issuer:
        text = (
            f"{url} answers, but names another issuer or none: another server, a path in between,"
            " or a bridge that was not restarted after issuer was changed"
        )
        return [Finding("issuer", "FAILED", text)]
    return [Finding("issuer", "ok", f"{url} answers, fetched by its public address from here")]


def _issuer_in(answer: httpx.Response) -> object:
    """The issuer that a discovery document names; None if the answer is none."""
    try:
        document: object = answer.json() if answer.is_success else None
    except (ValueError, RecursionError):
        document = None
    return cast("dict[str, object]", document).get("issuer") if isinstance(document, dict) else None


async def _get(settings: Settings, url: str) -> httpx.Response:
    limits = Limits(settings.wechat_connect_timeout, settings.wechat_answer_timeout)
    async with create_http_client(limits, settings.ca_file) as http:
        async with http.stream("GET", url) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise httpx.DecodingError("the answer is too large", request=answer.request)
        told = {"date": answer.headers.get("date", "")}
        return httpx.Response(answer.status_code, headers=told, content=bytes(body))


EXAMINATIONS = (_settings, _database, _keys, _wechat, _clock, _issuer)
