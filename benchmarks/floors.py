"""What it cannot cost less than: measured in the same run, for the ratio tells more than the time.

``python -m benchmarks.floors NAME NUMBER [URL]`` does one of them so many times in a process of
its own and prints seconds of work for each. NAME is RS256, ES256, SQLite, or PostgreSQL with a URL.
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import asyncpg
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

# What an ID Token of ours says, by length
CLAIMS = {
    "iss": "https://login.example.com",
    "sub": "wx_0123456789abcdef0123456789abcdef",
    "aud": "relying-party",
    "exp": 1_800_003_600,
    "iat": 1_800_000_000,
    "auth_time": 1_800_000_000,
    "nonce": "0123456789abcdef012345",
    "at_hash": "0123456789abcdef012345",
    "sid": "0123456789abcdef0123456789abcdef",
    "acr": "urn:example:wechat",
    "amr": ["wechat"],
}
TABLE = "CREATE TABLE rows (name TEXT PRIMARY KEY, text TEXT NOT NULL, at BIGINT NOT NULL)"
INSERT_THERE = "INSERT INTO rows VALUES ($1, $2, $3)"


def row(number: int) -> tuple[str, str, int]:
    return f"{number:064}", "text " * 20, number


def signature(alg: str) -> Callable[[int], object]:
    """One signature by joserfc, with a key imported once."""
    key: Key = (
        RSAKey.generate_key(2048, auto_kid=True)
        if alg == "RS256"
        else ECKey.generate_key("P-256", auto_kid=True)
    )
    key = type(key).import_key(key.as_dict(private=True))
    header = {"alg": alg, "kid": key.kid, "typ": "JWT"}
    return lambda _: jwt.encode(header, CLAIMS, key, algorithms=[alg])


def insert(folder: Path) -> Callable[[int], object]:
    """One durable insert into SQLite, as the bridge's engine is set up."""
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(TABLE)
    return lambda number: database.execute("INSERT INTO rows VALUES (?, ?, ?)", row(number))


def seconds_for_each(do: Callable[[int], object], number: int) -> float:
    """Return the seconds of work; what comes first warms up."""
    for each in range(number // 10 + 1):
        do(-each - 1)
    began = process_time()
    for each in range(number):
        do(each)
    return (process_time() - began) / number


async def seconds_for_each_insert(url: str, number: int) -> float:
    """The same for a durable insert into PostgreSQL: what it costs the client."""
    database = await asyncpg.connect(url)
    await database.execute(f"DROP TABLE IF EXISTS rows; {TABLE}")
    for each in range(-number // 10 - 1, 0):
        await database.execute(INSERT_THERE, *row(each))
    began = process_time()
    for each in range(number):
        await database.execute(INSERT_THERE, *row(each))
    took = process_time() - began
    await database.close()
    return took / number


def main() -> None:
    name, number, *url = sys.argv[1:]
    if url:
        took = asyncio.run(seconds_for_each_insert(url[0], int(number)))
    elif name == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            took = seconds_for_each(insert(Path(folder)), int(number))
    else:
        took = seconds_for_each(signature(name), int(number))
    sys.stdout.write(f"{took}\n")


if __name__ == "__main__":
    main()
