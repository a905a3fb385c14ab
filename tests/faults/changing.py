"""What operators change while people sign in: keys, secrets, and the program itself."""

import asyncio
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import asyncpg

from bridge.store.migrating import migrations
from tests.faults.counts import Counts
from tests.faults.staging import Course, counted, one_bridge, two_bridges
from tests.processes.programs import SECRET

NEW_SECRET = "bQ7-vXe2LmN41_tRs0kWz9Yd8HpUcJ6f"

MIGRATION = """\
ALTER TABLE accounts ADD COLUMN later TEXT;
CREATE INDEX accounts_later ON accounts (later);
"""


async def rotate_keys(folder: Path, sign_ins: int) -> Counts:
    """Three rotations, with keys that sign a second after they were announced."""
    async with one_bridge(folder, sign_ins) as (made, opened):
        made.environ |= {"KEY_ANNOUNCED": "1", "JWKS_MAX_AGE": "1"}
        await opened.enter_async_context(made.serve())

        async def hurt(course: Course) -> None:
            for _ in range(3):
                before = set(await made.kids())
                await made.command("keys", "rotate")
                await asyncio.sleep(1.5)
                if not set(await made.kids()) > before:
                    course.counts.violations.append("no key more is published")

        return await counted("keys rotate, three times", made, sign_ins, hurt)


async def roll_secrets(folder: Path, sign_ins: int) -> Counts:
    """Another secret, over two bridges, in the order that docs/operations.md gives."""
    async with two_bridges(folder, sign_ins) as cast:

        async def all_with(*secrets: str) -> None:
            cast.made.environ["SECRETS"] = ",".join(secrets)
            for number in (0, 1):
                await cast.restart(number, signal.SIGTERM)

        async def hurt(_course: Course) -> None:
            await cast.made.command("keys", "rotate")
            await all_with(SECRET, NEW_SECRET)
            await all_with(NEW_SECRET, SECRET)
            await cast.made.command("secrets", "reseal")

        async def mend() -> None:
            await all_with(NEW_SECRET)

        counts = await counted("another secret, over two", cast.made, sign_ins, hurt, mend=mend)
        here, there = await cast.kids()
        assert here == there
        return counts


async def migrate(folder: Path, sign_ins: int) -> Counts:
    """A newer program starts on the database that the old one serves, and both go on."""
    newest = migrations()[-1][0]
    async with two_bridges(folder, sign_ins) as cast:
        newer = replace(cast.made, folder=newer_program(folder / "newer", newest + 1))

        async def hurt(_course: Course) -> None:
            await cast.restart(1, signal.SIGTERM, newer)

        counts = await counted("migration beside an old bridge", cast.made, sign_ins, hurt)
        assert cast.bridges[0].process.returncode is None
        connection = await asyncpg.connect(cast.database.url)
        version = await connection.fetchval(
            "SELECT value FROM installation WHERE name = 'schema_version'"
        )
        await connection.close()
        assert version == str(newest + 1)
        return counts


def newer_program(folder: Path, number: int) -> Path:
    """A copy of the program with one more migration; it is run from its folder."""
    here = Path(__file__).parents[2]
    for package in ("bridge", "keys"):
        if (here / package).is_dir():
            shutil.copytree(here / package, folder / package)
    migration = folder / "bridge" / "store" / "migrations" / f"{number:04}_later.sql"
    migration.write_text(MIGRATION)
    return folder
