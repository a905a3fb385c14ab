"""The programs as an operator runs them: processes of their own, on loopback, with a log."""

import asyncio
import os
import re
import signal
import sqlite3
import ssl
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bridge.app import open_store
from bridge.config import read_settings
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.store import Store
from tests.serving import free_port

APPID = "wx0123456789abcdef"
APP_SECRET = "0123456789abcdef0123456789abcdef"
CLIENT_SECRET = "relying-party-secret-8c1f"
SECRET = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"

# Nobody listens there, nothing follows a redirection to it.
REDIRECT_URI = "http://127.0.0.1:9/callback"

# Seconds after which a program that has not done what it should is ended, so that a test fails.
PATIENCE = 60


@dataclass
class Program:
    """A process that has said ``ready``, or has ended. ``lines`` is what it printed before that."""

    process: asyncio.subprocess.Process
    log: Path
    lines: list[str] = field(default_factory=list[str])
    # Seconds of work until it said ``ready``, however busy the machine is with other work
    took: float = 0

    async def stopped(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal and wait for the end: the status, and how long it took (seconds)."""
        started = time.monotonic()
        self.process.send_signal(by)
        async with asyncio.timeout(PATIENCE):
            status = await self.process.wait()
        return status, time.monotonic() - started

    def text(self) -> str:
        """All that it wrote, to the screen and to its log."""
        return "\n".join(self.lines) + self.log.read_text("utf-8")

    def printed(self, pattern: str) -> str:
        found = re.search(pattern, "\n".join(self.lines))
        assert found is not None, self.text()
        return found[1]


@asynccontextmanager
async def program(log: Path, *args: str, **environ: str) -> AsyncGenerator[Program]:
    """Run a server until the end of the context, wherever that comes from."""
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bridge", *args),
            env=_environment(environ),
            cwd=log.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    running = Program(process, log)
    try:
        async with asyncio.timeout(PATIENCE):
            assert process.stdout is not None
            async for line in process.stdout:
                running.lines.append(line.decode().rstrip("\n"))
                if running.lines[-1] == "ready":
                    running.took = _seconds_of_work(process.pid)
                    break
        assert running.lines[-1:] == ["ready"], running.text()
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _seconds_of_work(pid: int) -> float:
    """User and system time of a process: proc(5), ``utime`` and ``stime``."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


async def command(*args: str, **environ: str) -> str:
    """Run a command that ends by itself, and well; return what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge", *args),
        env=_environment(environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            printed, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, complaint) == (0, b""), complaint
    return printed.decode()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Ours, without any setting of the developer's, and then ``settings``."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith("BRIDGE_")}
    return ours | {f"BRIDGE_{name}": text for name, text in settings.items()}


@dataclass
class Installation:
    """A bridge with its data, the client ``rp``, and a WeChat; ``serve`` comes and goes."""

    folder: Path
    wechat_url: str
    port: int = field(default_factory=free_port)
    # Else a file in the folder
    database_url: str | None = None
    programs: list[Program] = field(default_factory=list[Program])
    log_format: str = "auto"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "ISSUER": self.url,
            "DATABASE": self.database_url or f"sqlite://{self.folder}/data/bridge.db",
            "KEYS_DIRECTORY": str(self.folder / "data" / "keys"),
            "SECRETS": SECRET,
            "WECHAT_CLIENT_ID": APPID,
            "WECHAT_CLIENT_SECRET": APP_SECRET,
            "API_HOSTS": self.wechat_url,
            "AUTHORIZE_HOST": self.wechat_url,
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": self.log_format,
        }

    @asynccontextmanager
    async def serve(self, port: int | None = None, *more: str) -> AsyncGenerator[Program]:
        options = ("--port", str(port or self.port), *more)
        log = self.folder / f"serve-{len(self.programs)}.log"
        async with program(log, "serve", *options, **self.settings) as running:
            self.programs.append(running)
            yield running

    async def command(self, *args: str) -> str:
        return await command(*args, **self.settings)

    async def register(self) -> None:
        client = Client(
            client_id="rp",
            client_name="Relying Party",
            client_secret_hash=token_hash(CLIENT_SECRET),
            redirect_uris=(REDIRECT_URI,),
            scope=("openid", "profile", "email", "wechat"),
        )
        async with self._store() as store:
            assert await store.add_client(client, now=0)

    async def clients(self) -> list[Client]:
        async with self._store() as store:
            return await store.clients()

    @asynccontextmanager
    async def _store(self) -> AsyncGenerator[Store]:
        """The database itself, as a command opens it."""
        environ = {f"BRIDGE_{name}": text for name, text in self.settings.items()}
        store = await open_store(read_settings(None, environ, directory=self.folder))
        try:
            yield store
        finally:
            await store.close()

    def integrity(self) -> list[tuple[str]]:
        database = sqlite3.connect(self.folder / "data" / "bridge.db")
        try:
            return database.execute("PRAGMA integrity_check").fetchall()
        finally:
            database.close()

    async def kids(self, port: int | None = None) -> list[str]:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(trust_env=False, verify=trust) as http:
            answer = await http.get(f"http://127.0.0.1:{port or self.port}/jwks")
        return [key["kid"] for key in answer.json()["keys"]]


@asynccontextmanager
async def simulated_wechat(log: Path) -> AsyncGenerator[Program]:
    settings = {"WECHAT_CLIENT_ID": APPID, "WECHAT_CLIENT_SECRET": APP_SECRET}
    async with program(log, "simulate", "--port", "0", **settings) as running:
        yield running
