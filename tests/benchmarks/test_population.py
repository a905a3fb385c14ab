"""Rows of an installation that has been in use for long."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.population import LATER, SIGNED_IN, expire, populate
from benchmarks.stand import Variant, opened_store, register, settings_of
from tests.processes.programs import APPID

pytestmark = pytest.mark.anyio

ACCOUNTS, CLIENTS, EXPIRED = 200, 30, 15


async def test_people_and_clients_are_such_as_the_bridge_finds(tmp_path: Path) -> None:
    variant = Variant(clients=CLIENTS)
    settings = settings_of(variant, tmp_path, 1, "http://127.0.0.1:9")
    path = tmp_path / "data" / "bridge.db"
    await register(variant, settings, tmp_path)
    with closing(sqlite3.connect(path)) as database:
        indexes = database.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall()
    populate(path, ACCOUNTS, CLIENTS)
    expire(path, EXPIRED, "a")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("SELECT COUNT(*) FROM identities").fetchone() == (2 * ACCOUNTS,)
        now = database.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall()
        assert sorted(now) == sorted(indexes)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        openid = database.execute("SELECT value FROM identities WHERE kind = 'openid'").fetchone()[
            0
        ]
    async with opened_store(settings, tmp_path) as store:
        assert {client.client_id for client in await store.clients()} == set(variant.client_ids)
        known = await store.find_accounts(openid, retired_as="")
        assert len(known) == 1
        dossier = await store.dossier(known[0].account.account_id)
        assert dossier is not None
        assert {row["realm"] for row in dossier.identities} == {APPID, "main"}
        assert await store.forget_expired(now=LATER, audit_before=None) == EXPIRED
        assert await store.forget_expired(now=LATER, audit_before=None) == 0
    with closing(sqlite3.connect(path)) as database:
        signed_in = database.execute("SELECT COUNT(*) FROM sessions").fetchone()
        assert signed_in == (ACCOUNTS // SIGNED_IN,)
