"""The program that another process runs in the tests: a command a line, an answer a line."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from os import getpid
from pathlib import Path

from bridge.store import Engine, Store
from bridge.store.engine import Steps
from bridge.store.postgres import PostgreSQLEngine
from bridge.store.sqlite import SQLiteEngine
from tests.store.examples import rotate, spend

# About a third of a second of work for the database
COUNT_FOR_A_MOMENT = """
    WITH RECURSIVE numbers (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1000000
    ) SELECT count(*) AS counted FROM numbers
"""


def open_engine(address: str) -> Engine:
    """Open an engine by its address, as the setting ``database`` spells it."""
    scheme, _, path = address.partition("://")
    return SQLiteEngine(Path(path)) if scheme == "sqlite" else PostgreSQLEngine(address)


def occupy(path: str) -> None:
    """Write to a new file for a moment, as a program that knows nothing of WAL."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE theirs (name TEXT)")
        answer("held")
        connection.execute(COUNT_FOR_A_MOMENT).fetchall()
        connection.execute("COMMIT")
    answer("done")


async def obey(command: str, address: str, *words: str) -> None:
    engine = open_engine(address)
    store = Store(engine)
    try:
        if command == "migrate":
            answer(str(await store.migrate()))
        elif command == "spend":
            won = [code for code in words if await spend(store, code, token=f"{getpid()} {code}")]
            answer(" ".join(won))
        elif command == "rotate":
            won = [token for token in words if await rotate(store, token, to=f"{getpid()} {token}")]
            answer(" ".join(won))
        elif command == "decide":
            answer(await store.decide("word", words[0]))
        elif command == "hold":
            await engine.write(hold)
            answer("done")
    finally:
        await engine.close()


def hold() -> Steps[None]:
    """Keep the write lock while counting."""
    decide = "INSERT INTO installation (name, value) VALUES ($1, $2)"
    yield decide, ("who was first", "the other")
    answer("held")
    yield COUNT_FOR_A_MOMENT, ()


def answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    answer("ready")
    for told in sys.stdin:
        word, *rest = told.split()
        if word == "occupy":
            occupy(*rest)
        else:
            asyncio.run(obey(word, *rest))
