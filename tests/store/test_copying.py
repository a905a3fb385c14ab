"""All that one database holds, put into another."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bridge.oidc.consent import Permission
from bridge.store import Engine, Store, UnusableDatabase
from bridge.store.copying import NotEmpty, copy_out, put_in
from bridge.store.copying.tables import tables
from tests.store.another_process import open_engine
from tests.store.examples import (
    NOW,
    client,
    code_for,
    issue_of,
    look,
    new,
    offline,
    person,
    sign_in,
    steps,
)

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(address: str) -> AsyncGenerator[tuple[Store, Engine]]:
    engine = open_engine(address)
    store = Store(engine)
    await store.migrate()
    try:
        yield store, engine
    finally:
        await engine.close()


async def inhabit(store: Store) -> None:
    """Something in nearly every table, and more people than one statement writes."""
    await store.decide("subject_key", "sealed")
    uris = ("https://rp.example/out",)
    await store.add_client(client(post_logout_redirect_uris=uris), now=NOW)
    arrived, _ = await offline(store)
    code = code_for(arrived.session.sid)
    assert await store.issue(
        arrived.session.sid, issue_of(new("code"), code), Permission(("openid",), ())
    )
    for number in range(60):
        await sign_in(store, person(f"o-{number}", f"u-{number} 宙斯"))
    await store.use_jti("rp", "hash", expires_at=NOW)


async def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in tables():
        query = f"SELECT {', '.join(table.columns)} FROM {table.name}"  # noqa: S608 - ours
        found[table.name] = sorted(await look(engine, query), key=repr)
    return found


async def test_everything_arrives_in_the_other_engine_and_comes_back(
    tmp_path: Path, migrated_url: str
) -> None:
    first, third = (f"sqlite://{tmp_path / name}.db" for name in ("first", "third"))
    async with (
        opened(first) as (store, source),
        opened(migrated_url) as (_, target),
        opened(third) as (_, back),
    ):
        await inhabit(store)
        merged = "UPDATE accounts SET merged_into = $1 WHERE account_id = $2"
        ids = [row[0] for row in await look(source, "SELECT account_id FROM accounts")]
        pairs = [*zip(ids[1:], ids[:-1], strict=True)]
        for pair in (*pairs[:3], *((before, after) for after, before in pairs[5:8])):
            await source.write(lambda values=pair: steps(merged, values=values))  # type: ignore[misc]
        before = await everything(source)
        counts: list[dict[str, int]] = []
        for one, other in ((source, target), (target, back)):
            contents = StringIO()
            await copy_out(one, contents)
            counts.append(await put_in(other, contents))
            assert await everything(other) == before
        assert counts[0] == counts[1] == {name: len(rows) for name, rows in before.items()}
        assert sum(bool(rows) for rows in before.values()) >= 11


async def test_more_than_a_page_arrives(tmp_path: Path, migrated_url: str) -> None:
    address = f"sqlite://{tmp_path / 'bridge.db'}"
    async with opened(address) as (_, source), opened(migrated_url) as (_, target):
        many = """
            WITH RECURSIVE numbers (number) AS (
                SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1234
            ) INSERT INTO used_jtis
                SELECT 'rp ' || (number % 3), 'hash ' || number, number FROM numbers
        """
        await source.write(lambda: steps(many))
        contents = StringIO()
        await copy_out(source, contents)
        assert (await put_in(target, contents))["used_jtis"] == 1234
        assert await everything(target) == await everything(source)


async def test_a_database_that_has_somebody_is_refused_and_stays_as_it_is(
    tmp_path: Path, migrated_url: str
) -> None:
    address = f"sqlite://{tmp_path / 'bridge.db'}"
    async with opened(address) as (store, source), opened(migrated_url) as (there, target):
        await inhabit(store)
        contents = StringIO()
        await copy_out(source, contents)
        await sign_in(there)
        before = await everything(target)
        with pytest.raises(NotEmpty):
            await put_in(target, contents)
        assert await everything(target) == before


async def test_what_was_decided_in_an_empty_database_is_replaced(
    tmp_path: Path, migrated_url: str
) -> None:
    address = f"sqlite://{tmp_path / 'bridge.db'}"
    async with opened(address) as (store, source), opened(migrated_url) as (there, target):
        await store.decide("subject_key", "ours")
        await there.decide("subject_key", "made by a start in vain")
        contents = StringIO()
        await copy_out(source, contents)
        await put_in(target, contents)
        assert await there.decide("subject_key", "another") == "ours"


async def test_a_value_that_postgresql_cannot_store_is_named(tmp_path: Path) -> None:
    async with opened(f"sqlite://{tmp_path / 'bridge.db'}") as (store, source):
        await store.decide("name", "a\0b")
        with pytest.raises(UnusableDatabase, match="column value of the table installation"):
            await copy_out(source, StringIO())


async def test_the_tables_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    async with opened(f"sqlite://{path}"):
        pass
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        made = {name: database.execute(f"PRAGMA table_info({name})") for (name,) in [*names]}
        expected = {
            name: ([row[1] for row in rows], {row[1] for row in rows if row[5]})
            for name, rows in ((name, rows.fetchall()) for name, rows in made.items())
        }
    assert {table.name: (table.columns, set(table.key)) for table in tables()} == expected
