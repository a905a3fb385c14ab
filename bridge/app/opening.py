"""What a provider needs, opened as the settings say."""

import asyncio
import hmac
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bridge.app.availability import WatchedEngine
from bridge.app.signing import open_keys
from bridge.app.tracing import open_tracing
from bridge.background import background
from bridge.client_secrets import ClientSecrets
from bridge.config import Settings
from bridge.fetching import Fetcher, Reach, open_fetcher
from bridge.ids import dated_id
from bridge.jose import ClientKeys
from bridge.limiting import RateLimiter
from bridge.oidc.access_token import token_hash
from bridge.oidc.claims import ClaimSource
from bridge.oidc.refresh_token import RefreshPolicy
from bridge.oidc.registration_access import RegistrationPolicy
from bridge.provider import Lifetimes, Provider
from bridge.readiness import Readiness
from bridge.sealing import BrokenSeal, Sealer
from bridge.signing_keys import KeyHolder
from bridge.store import Engine, Store, UnusableDatabase
from bridge.store.sqlite import SQLiteEngine
from bridge.telemetry import Meters, measuring
from bridge.wechat import (
    Deliveries,
    Limits,
    WeChatApplication,
    WeChatClients,
    WeChatHosts,
    wechat_clients,
)

# Under this name the store keeps it.
SUBJECT_KEY = "subject_key"


@dataclass(frozen=True, slots=True)
class Chance:
    """Time and randomness: real ones unless a test brings its own."""

    now: Callable[[], int] = lambda: int(time.time())  # noqa: TID251 - the one place
    random_bytes: Callable[[int], bytes] = os.urandom
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def new_id(self) -> str:
        return dated_id(self.now(), self.random_bytes)


async def open_store(
    settings: Settings, chance: Chance | None = None, *, watched: bool = False
) -> Store:
    """Return the store that the settings name, its schema brought up to date.

    A store that is ``watched`` raises DatabaseUnavailable where the database cannot be used.
    """
    chance = chance or Chance()
    engine = open_engine(settings, chance)
    if watched:
        engine = WatchedEngine(engine, chance.now)
    store = Store(engine)
    try:
        await store.migrate()
    except BaseException:
        await store.close()
        raise
    return store


def open_engine(settings: Settings, chance: Chance | None = None) -> Engine:
    """Return the engine for the database that the settings name."""
    if not settings.is_postgresql:
        return SQLiteEngine(settings.sqlite_path)
    try:
        from bridge.store.postgres import PoolLimits, PostgreSQLEngine  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        if missing.name != "asyncpg":
            raise
        raise UnusableDatabase(
            "database names PostgreSQL, and asyncpg, by which it is spoken to, is not installed:"
            " pip install 'wechat-oidc-bridge[postgres]'"
        ) from None
    chance = chance or Chance()
    limits = PoolLimits(
        connections=settings.database_pool,
        timeout=settings.database_timeout,
        statement_cache_size=settings.statement_cache_size,
    )
    return PostgreSQLEngine(
        settings.database.get_secret_value(),
        limits,
        sleep=chance.sleep,
        random_bytes=chance.random_bytes,
    )


@asynccontextmanager
async def open_provider(
    settings: Settings, chance: Chance | None = None
) -> AsyncGenerator[Provider]:
    """Open everything that a provider needs, and give it back at the end.

    Raises UnusableDatabase or keys.UnusableKeys, each with one line for the operator.
    """
    chance = chance or Chance()
    meters = None if settings.metrics == "off" else Meters()
    async with AsyncExitStack() as opened:
        opened.enter_context(measuring(meters))
        await opened.enter_async_context(open_tracing(settings))
        store = await open_store(settings, chance, watched=True)
        opened.push_async_callback(store.close)
        subject_key = await open_subject_key(settings, store, chance)
        fetcher = await opened.enter_async_context(_open_fetcher(settings, chance))
        wechat = await opened.enter_async_context(open_wechat(settings, chance))
        keys = await open_keys(settings, store)
        deliveries = Deliveries(now=chance.now)
        opened.push_async_callback(deliveries.close)
        yield Provider(
            issuer=settings.issuer,
            store=store,
            wechat=wechat,
            deliveries=deliveries,
            pushes=settings.pushes,
            domain_proofs=settings.domain_proofs,
            fetcher=fetcher,
            client_keys=ClientKeys(fetcher.attempt),
            # Opened after what it uses, so that it ends before
            background=await opened.enter_async_context(background()),
            limiter=await opened.enter_async_context(_open_limiter(settings, chance)),
            client_secrets=ClientSecrets(settings.secret_values),
            keys=keys,
            meters=meters,
            tells_metrics=settings.metrics == "on",
            readiness=_open_readiness(store, keys, chance),
            pending=Sealer("pending", settings.secret_values),
            renewal=Sealer("renewal", settings.secret_values),
            logout=Sealer("logout", settings.secret_values),
            consent=Sealer("consent", settings.secret_values),
            choice=Sealer("choice of account", settings.secret_values),
            claim_source=ClaimSource(
                email_domain=settings.email_host,
                family_name=settings.family_name,
                default_picture=f"{settings.issuer}/avatar/default.png",
                pairwise_key=subject_key,
                groups=settings.declared_groups,
            ),
            scopes=settings.scopes,
            registration=_registration_policy(settings),
            lifetimes=Lifetimes(
                access_token=settings.access_token_lifetime,
                id_token=settings.id_token_lifetime,
                pushed_request=settings.pushed_request_lifetime,
                jwks_max_age=settings.jwks_max_age,
                session=settings.session_lifetime,
                session_idle=settings.session_idle_lifetime,
                audit=settings.audit_lifetime,
                refresh_token=RefreshPolicy(
                    lifetime=settings.refresh_token_lifetime,
                    idle_lifetime=settings.refresh_token_idle_lifetime,
                    grace=settings.refresh_token_grace,
                ),
            ),
            subject_setting=settings.subject,
            subject_key=subject_key,
            audit_addresses=settings.audit_addresses,
            embeds_code=settings.qr_code == "embedded",
            is_simulated=settings.simulated,
            trusted_proxies=settings.trusted_networks,
            now=chance.now,
            random_bytes=chance.random_bytes,
            sleep=chance.sleep,
        )


def _open_readiness(store: Store, keys: KeyHolder, chance: Chance) -> Readiness:
    async def usable_keys() -> None:
        await keys.ring(chance.now())

    return Readiness({"database": store.schema_version, "keys": usable_keys})


def _registration_policy(settings: Settings) -> RegistrationPolicy:
    registration = settings.registration
    return RegistrationPolicy(
        mode=registration.mode,
        token_hashes=tuple(token_hash(token.decode()) for token in registration.token_values),
        scopes=registration.scopes,
        access=registration.may_enter,
    )


def open_wechat(
    settings: Settings, chance: Chance | None = None
) -> AbstractAsyncContextManager[WeChatClients]:
    """Return the clients of the applications that the settings name."""
    chance = chance or Chance()
    return wechat_clients(
        [
            WeChatApplication(
                appid=application.client_id,
                secret=application.client_secret.get_secret_value(),
                kind=application.kind,
                platform_account=application.platform_account,
                wants_profile=application.scope == "snsapi_userinfo",
            )
            for application in settings.wechat
        ],
        WeChatHosts(
            api=settings.api_hosts, authorize=settings.authorize_host, proxy=settings.proxy
        ),
        Limits(
            settings.wechat_connect_timeout,
            settings.wechat_answer_timeout,
            settings.wechat_total_timeout,
            settings.wechat_at_once,
        ),
        settings.ca_file,
        now=chance.now,
        sleep=chance.sleep,
    )


def _open_fetcher(settings: Settings, chance: Chance) -> AbstractAsyncContextManager[Fetcher]:
    return open_fetcher(
        Reach.read(settings.fetch_allowed, ca_file=settings.ca_file), now=chance.now
    )


@asynccontextmanager
async def _open_limiter(settings: Settings, chance: Chance) -> AsyncGenerator[RateLimiter]:
    """Count in this process, or in Redis for all who have the same ``secrets``."""
    async with AsyncExitStack() as opened:
        storage, shared = settings.rate_limits.counted_in, None
        if storage.kind == "redis":
            # An extra, which is not there where nobody needs it
            from bridge.limiting.shared import open_redis  # noqa: PLC0415

            redis = open_redis(storage, now=chance.now, ca_file=settings.ca_file)
            shared = await opened.enter_async_context(redis)
        yield RateLimiter(
            settings.rate_limits.rates,
            secret=hmac.digest(settings.secret_values[0], b"rate limits", "sha256"),
            now=chance.now,
            shared=shared,
        )


async def open_subject_key(settings: Settings, store: Store, chance: Chance) -> bytes:
    """Return the key of opaque and pairwise subjects, decided once, sealed with ``secrets``[0].

    Raises UnusableDatabase where none of ``secrets`` opens it.
    """
    sealer = Sealer("subject key", settings.secret_values)
    fresh = sealer.seal({"key": chance.random_bytes(32).hex()})
    sealed = await store.decide(SUBJECT_KEY, fresh)
    try:
        artifact = sealer.open(sealed, now=chance.now())
    except BrokenSeal:
        raise UnusableDatabase(
            "the database was written under other secrets: add the former one at the end of"
            " the setting secrets"
        ) from None
    return bytes.fromhex(artifact["key"])
