"""A Redis of the test's own, on loopback, which can be stopped, killed and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from tests.serving import free_port
from tests.strangers.missing import found

PASSWORD = "a-password-of-redis"

# Seconds until it has to listen
PATIENCE = 20


@dataclass
class RedisServer:
    """``url`` has the password in it. It keeps nothing on disk."""

    port: int = field(default_factory=free_port)
    tls: Path | None = None
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        scheme = "redis" if self.tls is None else "rediss"
        return f"{scheme}://:{PASSWORD}@localhost:{self.port}/0"

    async def start(self) -> None:
        program = found("redis-server", "redis-server")
        listening: tuple[str, ...] = ("--port", str(self.port))
        if self.tls is not None:
            pem = str(self.tls / "server.pem")
            listening = ("--port", "0", "--tls-port", str(self.port))
            listening += ("--tls-cert-file", pem, "--tls-key-file", pem, "--tls-auth-clients", "no")
        self.process = await asyncio.create_subprocess_exec(
            *(program, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
            *("--requirepass", PASSWORD, *listening),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self.process.stdout is not None
        said: list[str] = []
        async with asyncio.timeout(PATIENCE):
            async for line in self.process.stdout:
                said.append(line.decode())
                if "Ready to accept connections" in said[-1]:
                    return
        raise AssertionError("".join(said))

    async def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.communicate()
            self.process = None

    def pause(self) -> None:
        """Let it hold all connections and answer nothing."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    @asynccontextmanager
    async def asked(self) -> AsyncGenerator[Any]:
        """A connection of the test's; its own types say too little."""
        options: dict[str, Any] = {} if self.tls is None else {"ssl_ca_certs": self.tls / "ca.pem"}
        redis: Redis = Redis.from_url(self.url, **options)  # pyright: ignore[reportUnknownMemberType]
        try:
            yield redis
        finally:
            await redis.aclose()


@asynccontextmanager
async def redis_server(tls: Path | None = None) -> AsyncGenerator[RedisServer]:
    server = RedisServer(tls=tls)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
