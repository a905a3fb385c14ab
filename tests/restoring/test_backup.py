"""The commands of docs/operations.md, while people sign in; and what is good after a restore."""

import asyncio
import os
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.store import Store
from bridge.store.postgres import PostgreSQLEngine
from tests import postgres as postgres_programs
from tests.postgres import Cluster
from tests.store.examples import client, offline, person, sign_in
from tests.upgrades.leaving import ASKED, NOW, PERSON, SCOPE
from tests.world import CLIENT_SECRET, SECRETS, Clock, World, claims_of, world

pytestmark = pytest.mark.anyio

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"
PROGRAM = Path(sys.executable).with_name("wechat-oidc")

SETTINGS = """
issuer = "https://id.example.com"
database = "sqlite://{folder}/bridge.db"
secrets = ["{secret}"]

[[wechat]]
client_id = "wx0123456789abcdef"
client_secret = "0123456789abcdef0123456789abcdef"
"""


def commands(name: str) -> str:
    pattern = rf"^<!-- tested: {name} -->\n```sh\n(.*?)^```$"
    found = re.search(pattern, MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


async def typed(script: str, **environ: str) -> None:
    """Run it in a shell that ends at the first failure."""
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-eu",
        "-c",
        script,
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@asynccontextmanager
async def meanwhile(world_: World, person: str) -> AsyncGenerator[list[str]]:
    """Somebody signs in again and again; the list has a code for each time."""
    codes: list[str] = []
    begun = asyncio.Event()

    async def keep_signing_in() -> None:
        while True:
            async with world_.another_browser() as browser:
                codes.append((await world_.answer(person, browser=browser))["code"])
            begun.set()

    task = asyncio.create_task(keep_signing_in())
    try:
        await asyncio.wait_for(begun.wait(), 20)
        yield codes
        assert not task.done(), "sign-ins were held up"
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_what_was_good_before_is_good_after_a_restore(tmp_path: Path) -> None:
    before, after, backups = tmp_path / "before", tmp_path / "after", tmp_path / "backups"
    before.mkdir()
    config = tmp_path / "bridge.toml"
    config.write_text(SETTINGS.format(folder=before, secret=SECRETS), "utf-8")
    config.chmod(0o600)

    def here(script: str, data: Path) -> str:
        for theirs, ours in (
            ("/opt/wechat-oidc/.venv/bin/wechat-oidc", PROGRAM),
            ("/etc/wechat-oidc/bridge.toml", config),
            ("/var/backups/wechat-oidc", backups),
            ("/var/lib/wechat-oidc", data),
            ("-o wechat-oidc -g wechat-oidc ", ""),
        ):
            assert "/wechat-oidc" not in str(ours) or ours == PROGRAM
            script = script.replace(theirs, str(ours))
        return script

    async with world(before, Clock(now=NOW)) as opened:
        await opened.register(scope=SCOPE)
        answer = await opened.answer(PERSON, scope=ASKED)
        tokens = (await opened.redeem(answer["code"])).json()
        subject = claims_of(tokens["id_token"])["sub"]
        async with meanwhile(opened, PERSON):
            await typed(here(commands("back up"), before))
    [folder] = backups.iterdir()
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {
        "bridge.db": 0o600,
        "signing-keys.json": 0o600,
    }

    # What is not backed up by this: the settings, of which the ports are a part here
    after.mkdir()
    shutil.copy(before / "ports.json", after)
    (after / "bridge.db").write_bytes(b"what was there")
    (after / "bridge.db-wal").write_bytes(b"and must go")
    await typed(here(commands("restore"), after), folder=str(folder))

    async with world(after, Clock(now=NOW + 60)) as opened:
        assert (await opened.userinfo(tokens["access_token"])).json()["sub"] == subject
        refreshed = await opened.browser.http.post(
            f"{opened.bridge_url}/token",
            data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
            auth=("rp", CLIENT_SECRET),
        )
        assert refreshed.status_code == 200, refreshed.text
        again = await opened.answer(PERSON, scope=ASKED)
        redeemed = (await opened.redeem(again["code"])).json()
        assert claims_of(redeemed["id_token"])["sub"] == subject
        jwks = (await opened.browser.http.get(f"{opened.bridge_url}/jwks")).json()
    assert (before / "keys" / "signing-keys.json").read_bytes() == (
        after / "keys" / "signing-keys.json"
    ).read_bytes()
    assert jwks["keys"]


async def test_what_was_good_before_is_good_in_another_postgresql(
    tmp_path: Path, postgres: Cluster, migrated_url: str
) -> None:
    path = f"{postgres_programs.programs()}:{os.environ['PATH']}"
    store = Store(PostgreSQLEngine(migrated_url))
    new = await asyncio.to_thread(postgres.new_database, "template0")
    try:
        await store.add_client(client(client_secret_hash="hash"), now=1)
        arrived, token = await offline(store)
        dump = asyncio.create_task(
            typed(
                commands("back up postgresql"),
                PATH=path,
                DATABASE_URL=migrated_url,
                folder=str(tmp_path),
            )
        )
        number = 0
        while not dump.done():
            number += 1
            await sign_in(store, person(f"o-{number}", f"u-{number}"))
        await dump
        assert stat.S_IMODE((tmp_path / "bridge.dump").stat().st_mode) == 0o600
        await typed(
            commands("restore postgresql"),
            PATH=path,
            NEW_DATABASE_URL=postgres.url(new),
            folder=str(tmp_path),
        )
        restored = Store(PostgreSQLEngine(postgres.url(new)))
        assert await restored.migrate() == await store.schema_version()
        known = await restored.client("rp")
        assert known is not None
        assert known.client_secret_hash == "hash"
        found = await restored.find_refresh_token(token)
        assert found is not None
        assert found.session.account.subject == arrived.account.subject
        assert (await sign_in(restored)).account == arrived.account
        await restored.close()
    finally:
        await store.close()
        await asyncio.to_thread(postgres.drop, new)


def test_a_copy_overwrites_nothing_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    from bridge.store import UnusableDatabase  # noqa: PLC0415
    from bridge.store.backup import back_up  # noqa: PLC0415

    source, copy = tmp_path / "bridge.db", tmp_path / "copy.db"
    with pytest.raises(UnusableDatabase, match="there is no database"):
        back_up(source, copy)
    source.write_text("no database at all, but long enough for the header of one\n" * 10)
    with pytest.raises(UnusableDatabase, match="cannot be copied"):
        back_up(source, copy)
    assert not copy.exists()
    source.unlink()
    connection = sqlite3.connect(source)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE something (name TEXT)")
    connection.execute("INSERT INTO something VALUES ('in the log')")
    connection.commit()
    assert back_up(source, copy) == copy.stat().st_size
    connection.close()
    copied = sqlite3.connect(copy)
    assert copied.execute("SELECT name FROM something").fetchall() == [("in the log",)]
    copied.close()
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    before = copy.read_bytes()
    with pytest.raises(UnusableDatabase, match="nothing is overwritten"):
        back_up(source, copy)
    assert copy.read_bytes() == before
    with pytest.raises(UnusableDatabase, match="cannot be written"):
        back_up(source, tmp_path / "nowhere" / "copy.db")
