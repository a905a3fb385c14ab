"""Nodes that share the keys in one store, each with an engine and a clock of its own."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bridge.signing_keys import Care, KeySealer, KeysInStore
from bridge.store import Engine, Store, UnusableDatabase
from bridge.store.engine import Steps, TableLock
from bridge.store.postgres import PostgreSQLEngine
from bridge.store.sqlite import SQLiteEngine
from keys import KeyPolicy, KeyRing, SigningKey

T = TypeVar("T")

POLICY = KeyPolicy(propagation=1_000, rotation=10_000, overlap=5_000)
OLD, NEW = b"o" * 43, b"n" * 43
# Seconds after which a node reads the keys again
READ_EVERY = 30


class WatchedEngine:
    """Counts what an engine is asked, and refuses while ``away``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked = 0
        self.away = False

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        self._count()
        return await self._engine.read(verb)

    async def write(self, verb: Callable[[], Steps[T]], *, lock: TableLock | None = None) -> T:
        self._count()
        return await self._engine.write(verb, lock=lock)

    async def alter(self, verb: Callable[[], Steps[T]]) -> T:
        self._count()
        return await self._engine.alter(verb)

    def connections(self) -> Mapping[str, int]:
        return self._engine.connections()

    async def close(self) -> None:
        await self._engine.close()

    def _count(self) -> None:
        self.asked += 1
        if self.away:
            raise UnusableDatabase("the database is away")


class Node:
    """One node of several."""

    def __init__(self, engine: WatchedEngine, secrets: Sequence[bytes], **care: Any) -> None:
        self.engine = engine
        self.store = Store(engine)
        asked: dict[str, Any] = {
            "policy": POLICY,
            "algorithms": ("ES256",),
            "read_every": READ_EVERY,
        }
        self.keys = KeysInStore(
            self.store,
            KeySealer(secrets),
            Care(**asked | care),
        )

    async def kids(self, now: int) -> list[str]:
        return kids(await self.keys.ring(now))


def open_engine(address: str) -> Engine:
    """As the stores' tests do, without all that they import: processes start here."""
    scheme, _, path = address.partition("://")
    return SQLiteEngine(Path(path)) if scheme == "sqlite" else PostgreSQLEngine(address)


@asynccontextmanager
async def node(
    address: str, *, secrets: Sequence[bytes] = (OLD,), **care: Any
) -> AsyncGenerator[Node]:
    engine = WatchedEngine(open_engine(address))
    opened = Node(engine, secrets, **care)
    try:
        await opened.store.migrate()
        yield opened
    finally:
        await engine.close()


def kids(ring: KeyRing) -> list[str]:
    return [key.kid for key in ring.keys]


def begins(keys: Sequence[SigningKey]) -> list[int]:
    return [key.active_from for key in keys]
