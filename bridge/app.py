"""The one place where everything is put together."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from bridge.config import Settings
from bridge.endpoints import (
    assets,
    authorize,
    callback,
    cancel,
    discovery,
    token,
    userinfo,
)
from bridge.endpoints.failures import Answered, give_answer, tell, tell_fault, tell_misdirected
from bridge.endpoints.guard import Guard
from bridge.oidc.claims import ClaimSource
from bridge.oidc.errors import OAuthError
from bridge.provider import Lifetimes, Provider
from bridge.sealing import BrokenSeal, Sealer
from bridge.store import Store, UnusableDatabase, WeChatMark
from bridge.store.sqlite import SQLiteEngine
from bridge.telemetry import Event, Shield
from bridge.telemetry.shield import report
from bridge.wechat import (
    Timeouts,
    WeChatApplication,
    WeChatClient,
    WeChatHosts,
    wechat_client,
)
from keys import KeyDirectory, KeyPolicy

HOUSEKEEPING_INTERVAL = 300


@dataclass(frozen=True, slots=True)
class Chance:
    """Time and randomness: real ones unless a test brings its own."""

    now: Callable[[], int] = lambda: int(time.time())  # noqa: TID251 - the one place
    random_bytes: Callable[[int], bytes] = secrets.token_bytes


def open_keys(settings: Settings) -> KeyDirectory:
    """Return the signing keys that the settings name."""
    policy = KeyPolicy(
        propagation=settings.key_announced,
        rotation=settings.key_active,
        overlap=settings.key_published_on,
    )
    return KeyDirectory(settings.keys_path, policy)


async def open_store(settings: Settings) -> Store:
    """Return the store that the settings name, its schema brought up to date."""
    store = Store(SQLiteEngine(settings.sqlite_path))
    try:
        await store.migrate()
    except BaseException:
        await store.close()
        raise
    return store


@asynccontextmanager
async def open_provider(
    settings: Settings, chance: Chance | None = None
) -> AsyncGenerator[Provider]:
    """Open everything that a provider needs, and give it back at the end.

    Raises UnusableDatabase or keys.UnusableKeys, each with one line for the operator.
    """
    chance = chance or Chance()
    async with AsyncExitStack() as opened:
        store = await open_store(settings)
        opened.push_async_callback(store.close)
        yield Provider(
            issuer=settings.issuer,
            store=store,
            wechat=await opened.enter_async_context(open_wechat(settings)),
            keys=open_keys(settings),
            pending=Sealer("pending", settings.secret_values),
            claim_source=ClaimSource(
                email_domain=settings.email_host,
                family_name=settings.family_name,
                default_picture=f"{settings.issuer}/avatar/default.png",
            ),
            lifetimes=Lifetimes(
                access_token=settings.access_token_lifetime,
                id_token=settings.id_token_lifetime,
                jwks_max_age=settings.jwks_max_age,
            ),
            subject_setting=settings.subject,
            subject_key=await open_subject_key(settings, store, chance),
            is_simulated=settings.simulated,
            now=chance.now,
            random_bytes=chance.random_bytes,
        )


def open_wechat(settings: Settings) -> AbstractAsyncContextManager[WeChatClient]:
    """Return the client of the application that the settings name."""
    application = settings.application
    return wechat_client(
        WeChatApplication(
            appid=application.client_id,
            secret=application.client_secret.get_secret_value(),
            platform_account=application.platform_account,
            wants_profile=application.scope == "snsapi_userinfo",
        ),
        WeChatHosts(api=settings.api_hosts, authorize=settings.authorize_host),
        Timeouts(
            settings.wechat_connect_timeout,
            settings.wechat_answer_timeout,
            settings.wechat_total_timeout,
        ),
        settings.ca_file,
    )


async def check_accounts_are_wechats(
    settings: Settings, store: Store, *, accept: bool = False
) -> None:
    """Raise UnusableDatabase where accounts of a simulation would meet real ones.

    Whoever signs in to a simulation is whoever they say, so nobody may keep such an account when
    the real WeChat is plugged in; ``accept`` is the operator's word that they may.
    """
    wanted = _wechat_mark(settings)
    _check_mark(await store.mark_wechat(wanted, override=accept), wanted)


async def examine_accounts(settings: Settings, store: Store) -> None:
    """Raise as ``check_accounts_are_wechats`` would, and change nothing."""
    wanted = _wechat_mark(settings)
    _check_mark(await store.wechat_mark() or wanted, wanted)


def _wechat_mark(settings: Settings) -> WeChatMark:
    return "simulated" if settings.simulated else "real"


def _check_mark(found: str, wanted: WeChatMark) -> None:
    if found != wanted:
        raise UnusableDatabase(
            f"the accounts in this database come from the {found} WeChat, and the settings name"
            f" the {wanted} one: use an empty database, or start with --accept-simulated-accounts"
        )


@asynccontextmanager
async def housekeeping(provider: Provider) -> AsyncGenerator[None]:
    """Remove what has expired, every few minutes, while the context lasts."""

    async def keep_house() -> None:
        while True:
            try:
                await provider.store.forget_expired(now=provider.now())
            except Exception as failure:  # noqa: BLE001 - the next round may succeed
                report(failure, Event.HOUSEKEEPING_FAILED)
            await asyncio.sleep(HOUSEKEEPING_INTERVAL)

    task = asyncio.create_task(keep_house())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def create_app(provider: Provider) -> ASGIApp:
    """Return the application: its routes, its errors' answers, its shield."""
    # Without redirects to an address without a slash: the framework takes scheme and host for
    # them from the request, and behind a proxy would send a client's secret over http.
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.provider = provider
    for endpoint in (authorize, callback, cancel, token, userinfo, discovery, assets):
        app.include_router(endpoint.router)
    app.add_exception_handler(OAuthError, tell)
    app.add_exception_handler(Answered, give_answer)
    app.add_exception_handler(HTTPException, tell_misdirected)
    app.add_exception_handler(Exception, tell_fault)
    return Shield(Guard(app))


async def open_subject_key(settings: Settings, store: Store, chance: Chance) -> bytes:
    """Return the key of opaque subjects: decided once, sealed with the first of ``secrets``.

    Where a later secret sealed it, it is sealed anew, so that the later one can be given up.
    Raises UnusableDatabase where none of ``secrets`` opens it.
    """
    every = Sealer("subject key", settings.secret_values)
    first = Sealer("subject key", settings.secret_values[:1])
    fresh = first.seal({"key": chance.random_bytes(32).hex()})
    sealed = await store.decide("subject_key", fresh)
    try:
        artifact = every.open(sealed, now=chance.now())
    except BrokenSeal:
        raise UnusableDatabase(
            "the database was written under other secrets: add the former one at the end of"
            " the setting secrets"
        ) from None
    try:
        first.open(sealed, now=chance.now())
    except BrokenSeal:
        await store.decide_again("subject_key", former=sealed, value=first.seal(artifact))
    return bytes.fromhex(artifact["key"])
