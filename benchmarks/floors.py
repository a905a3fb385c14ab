"""What it cannot cost less than: measured in the same run, for the ratio tells more than the time.

``python -m benchmarks.floors NAME`` does one of them in a process of its own and prints seconds
of work for each.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

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
TABLE = "CREATE TABLE rows (name TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL)"


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
    return lambda number: database.execute(
        "INSERT INTO rows VALUES (?, ?, ?)", (f"{number:064}", "text " * 20, number)
    )


def seconds_for_each(do: Callable[[int], object], number: int) -> float:
    """Return the seconds of work; what comes first warms up."""
    for each in range(number // 10 + 1):
        do(-each - 1)
    began = process_time()
    for each in range(number):
        do(each)
    return (process_time() - began) / number


def main() -> None:
    name, number = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        floors = {"RS256": signature, "ES256": signature}
        do = floors[name](name) if name in floors else insert(Path(folder))
        sys.stdout.write(f"{seconds_for_each(do, number)}\n")


if __name__ == "__main__":
    main()
