"""What is measured: the product as an operator runs it, beside a simulated WeChat."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from benchmarks.load.job import CLIENT_SECRET, REDIRECT_URI, Job
from bridge.app import open_store
from bridge.config import read_settings
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.store import Store
from tests.processes.programs import APP_SECRET, APPID, SECRET, program
from tests.serving import bound, free_port, port_of

CLIENT_ID = "rp"

# Calls in a minute
NO_LIMIT = 1_000_000
# Of the application within WeChat
OFFICIAL_APPID = "wx0ff1c1a10ff1c1a1"


@dataclass(frozen=True, slots=True)
class Served:
    """Something that answers, and the process whose work is counted."""

    url: str
    pid: int
    site: str = "bridge"
    wechat_url: str = ""
    alg: str = "RS256"
    in_wechat: bool = False
    client_ids: tuple[str, ...] = (CLIENT_ID,)
    # Of PostgreSQL
    database: str | None = None

    def page(self, path: str) -> "Served":
        """Return the same, of which one address is asked for."""
        return replace(self, url=f"{self.url}{path}")

    def job(self, operation: str, *, number: int, in_flight: int, first: int = 0) -> Job:
        return Job(
            operation=operation,
            url=self.url,
            number=number,
            in_flight=in_flight,
            first=first,
            site=self.site,
            wechat_url=self.wechat_url,
            in_wechat=self.in_wechat,
            client_ids=self.client_ids,
            alg=self.alg,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How the bridge is set up. ``database`` is an address, or None for a file of its own.

    Of the clients only the first is registered; the others are copies (benchmarks.population).
    """

    alg: str = "RS256"
    database: str | None = None
    in_wechat: bool = False
    workers: int = 1
    clients: int = 1
    settings: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    @property
    def client_ids(self) -> tuple[str, ...]:
        return (CLIENT_ID, *(f"{CLIENT_ID}-{number}" for number in range(1, self.clients)))


def settings_of(variant: Variant, folder: Path, port: int, wechat_url: str) -> dict[str, str]:
    """As behind a reverse proxy, which tells whose browser it is; all else is the default.

    People from one address are limited, and a benchmark of refusals would be fast.
    """
    base = {
        "WECHAT_KIND": "official_account",
        "WECHAT_CLIENT_ID": OFFICIAL_APPID,
        "WECHAT_SCOPE": "snsapi_base",
    }
    return {
        "ISSUER": f"http://127.0.0.1:{port}",
        "DATABASE": variant.database or f"sqlite://{folder}/data/bridge.db",
        "KEYS_DIRECTORY": str(folder / "data" / "keys"),
        "SECRETS": SECRET,
        "SCOPES": "openid,profile,offline_access",
        "ALGORITHMS": "RS256,ES256",
        "WECHAT_CLIENT_ID": APPID,
        "WECHAT_CLIENT_SECRET": APP_SECRET,
        "API_HOSTS": wechat_url,
        "AUTHORIZE_HOST": wechat_url,
        "TRUSTED_PROXIES": "127.0.0.1",
        **(base if variant.in_wechat else {}),
        **variant.settings,
    }


async def register(variant: Variant, settings: Mapping[str, str], folder: Path) -> None:
    """Register the first client in the database itself, as a command does."""
    async with opened_store(settings, folder) as store:
        client = Client(
            client_id=CLIENT_ID,
            client_name="Relying Party",
            client_secret_hash=token_hash(CLIENT_SECRET),
            redirect_uris=(REDIRECT_URI,),
            scope=("openid", "profile", "offline_access"),
            grant_types=("authorization_code", "refresh_token"),
            id_token_signed_response_alg=variant.alg,
        )
        await store.add_client(client, now=0)


@asynccontextmanager
async def opened_store(settings: Mapping[str, str], folder: Path) -> AsyncGenerator[Store]:
    """The database itself, beside a bridge that may run."""
    environ = {f"BRIDGE_{name}": text for name, text in settings.items()}
    store = await open_store(read_settings(None, environ, directory=folder))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def simulated_wechat(folder: Path) -> AsyncGenerator[str]:
    """Run the simulator; return its address.

    WeChat lets a website exchange 10,000 codes in a minute; here it does as many as there are.
    """
    port = free_port()
    kinds = {"website": APPID, "official_account": OFFICIAL_APPID}
    options = [f"--application={kind}:{appid}:{APP_SECRET}" for kind, appid in kinds.items()]
    async with program(folder / "simulate.log", "simulate", "--port", str(port), *options):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(trust_env=False) as http:
            limits = f"{url}/control/rate_limits/{APPID}"
            answer = await http.put(limits, json={"access_token": NO_LIMIT, "userinfo": NO_LIMIT})
            answer.raise_for_status()
        yield url


@asynccontextmanager
async def bridge(folder: Path, wechat_url: str, variant: Variant) -> AsyncGenerator[Served]:
    """Run ``wechat-oidc serve`` with its own data in ``folder``, which is there already."""
    settings = settings_of(variant, folder, free_port(), wechat_url)
    await register(variant, settings, folder)
    async with served(folder, settings, variant) as running:
        yield running


@asynccontextmanager
async def served(
    folder: Path, settings: Mapping[str, str], variant: Variant
) -> AsyncGenerator[Served]:
    """Run it on data that are there already."""
    port = settings["ISSUER"].rpartition(":")[2]
    options = ("--port", port, "--workers", str(variant.workers))
    async with program(folder / "serve.log", "serve", *options, **settings) as running:
        yield Served(
            url=settings["ISSUER"],
            pid=running.process.pid,
            wechat_url=settings["API_HOSTS"],
            alg=variant.alg,
            in_wechat=variant.in_wechat,
            client_ids=variant.client_ids,
            database=variant.database,
        )


@asynccontextmanager
async def bare() -> AsyncGenerator[Served]:
    """Run the application of three lines; whoever comes before it is there waits."""
    with bound() as listener:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.bare", str(listener.fileno())),
            pass_fds=[listener.fileno()],
        )
        try:
            yield Served(f"http://127.0.0.1:{port_of(listener)}/", process.pid)
        finally:
            process.kill()
            await process.wait()
