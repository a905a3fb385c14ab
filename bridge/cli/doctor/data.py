"""The bridge's own data: the database, and the clients in it."""

from collections.abc import Collection, Iterator
from time import perf_counter

from bridge.app import Chance, examine_accounts, open_store, open_subject_key
from bridge.cli.doctor.finding import Finding
from bridge.config import Settings
from bridge.oidc.access import groups_in
from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.signing import check_signing
from bridge.store import Store, UnusableDatabase


async def examine_database(settings: Settings) -> list[Finding]:
    try:
        store = await open_store(settings)
    except UnusableDatabase as error:
        return [Finding("database", "FAILED", str(error))]
    try:
        await open_subject_key(settings, store, Chance())
        await examine_accounts(settings, store)
        about = await _about(settings, store)
        clients, groups = await store.clients(), await store.groups()
    except UnusableDatabase as error:
        return [Finding("database", "FAILED", str(error))]
    finally:
        await store.close()
    findings = [Finding("database", "ok", f"{about}, {len(clients)} clients")]
    open_to_anyone = [known.client_id for known in clients if known.access is None]
    if open_to_anyone:
        text = f"anyone who has WeChat may enter: {', '.join(open_to_anyone)}"
        findings.append(Finding("clients", "warning", text))
    findings += _groups(clients, {*groups, *(name for name, ids in settings.groups.items() if ids)})
    findings += _registrations(settings, clients)
    return findings


async def _about(settings: Settings, store: Store) -> str:
    """Say which database it is, how old its tables are, and how long a question to it takes."""
    described = await store.describe(is_postgresql=settings.is_postgresql)
    before = perf_counter()
    await store.client("")
    milliseconds = (perf_counter() - before) * 1_000
    shown = settings.database_shown
    server = f"{shown} {described.server}" if settings.is_postgresql else shown
    return f"{server}, schema {described.schema}, answers in {milliseconds:.1f} ms"


def _groups(clients: list[Client], inhabited: Collection[str]) -> Iterator[Finding]:
    """Name the clients that admit a group in which nobody is: a name may be mistyped."""
    for known in clients:
        for name in groups_in(known.access):
            if name not in inhabited:
                text = (
                    f"{known.client_id} admits group:{name}, and nobody is in that:"
                    f" wechat-oidc group add {name} ID"
                )
                yield Finding("clients", "warning", text)


def _registrations(settings: Settings, clients: list[Client]) -> list[Finding]:
    """Name the clients that the settings have left behind."""
    findings: list[Finding] = []
    for known in clients:
        try:
            check_signing(known, settings.algorithms)
        except UnfitClient as error:
            text = f"{known.client_id} cannot sign anybody in: {error}"
            findings.append(Finding("clients", "FAILED", text))
    findings += _ways_lost(settings, clients)
    return findings


def _ways_lost(settings: Settings, clients: list[Client]) -> Iterator[Finding]:
    """Name the clients that are limited to applications which are no longer there."""
    appids = {application.client_id for application in settings.wechat}
    for known in clients:
        lost = [appid for appid in known.wechat_applications or () if appid not in appids]
        if not lost:
            continue
        text = f"{known.client_id} is limited to applications that the settings do not name"
        if appids.isdisjoint(known.wechat_applications or ()):
            yield Finding("clients", "FAILED", f"{text}, so nobody can sign in: {', '.join(lost)}")
        else:
            yield Finding("clients", "warning", f"{text}: {', '.join(lost)}")
