"""What is put under load and hurt: bridges, a database, a simulated WeChat, each a process."""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from tests.processes.programs import (
    APP_SECRET,
    APPID,
    CLIENT_SECRET,
    REDIRECT_URI,
    Installation,
    Program,
    program,
)
from tests.serving import free_port

CLIENT_IDS = tuple(f"rp-{number}" for number in range(5))


@dataclass
class Stand(Installation):
    """An installation whose WeChat comes and goes as well."""

    wechat_port: int = field(default_factory=free_port)
    wechat: list[Program] = field(default_factory=list[Program])
    # What differs from the defaults, named as in the environment
    environ: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def settings(self) -> dict[str, str]:
        known = super().settings | {"LOG_LEVEL": "info", "SCOPES": "openid,profile,offline_access"}
        if self.database_url is not None:
            del known["KEYS_DIRECTORY"]
        return known | self.environ

    async def register_clients(self) -> None:
        async with self._store() as store:
            for client_id in CLIENT_IDS:
                client = Client(
                    client_id=client_id,
                    client_name=client_id,
                    client_secret_hash=token_hash(CLIENT_SECRET),
                    redirect_uris=(REDIRECT_URI,),
                    scope=("openid", "profile", "offline_access"),
                    grant_types=("authorization_code", "refresh_token"),
                )
                await store.add_client(client, now=0)

    @asynccontextmanager
    async def simulate(self, people: Sequence[str]) -> AsyncGenerator[Program]:
        """Run the simulated WeChat, in which these people have accounts."""
        settings = {"WECHAT_CLIENT_ID": APPID, "WECHAT_CLIENT_SECRET": APP_SECRET}
        log = self.folder / "simulate.log"
        async with program(log, "simulate", "--port", str(self.wechat_port), **settings) as running:
            self.wechat.append(running)
            async with httpx.AsyncClient(trust_env=False, base_url=self.wechat_url) as http:
                await asyncio.gather(*(_add_person(http, person) for person in people))
            yield running


def children_of(pid: int) -> list[int]:
    return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@contextmanager
def with_environ(environ: Mapping[str, str]) -> Generator[None]:
    """Who is started in this context has these variables."""
    os.environ.update(environ)
    try:
        yield
    finally:
        for name in environ:
            del os.environ[name]


async def _add_person(http: httpx.AsyncClient, person: str) -> None:
    answer = await http.put(f"/control/people/{person}", json={"nickname": person})
    answer.raise_for_status()


@asynccontextmanager
async def stand(folder: Path, database: str | None = None, **environ: str) -> AsyncGenerator[Stand]:
    port = free_port()
    made = Stand(
        folder, f"http://localhost:{port}", database_url=database, wechat_port=port, environ=environ
    )
    await made.register_clients()
    yield made
