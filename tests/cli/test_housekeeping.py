"""What a running bridge does by itself, beside answering."""

import asyncio
import logging
import sqlite3
import threading
from contextlib import AsyncExitStack

import pytest

from bridge.app import Chance, housekeeping, open_provider
from bridge.app.housekeeping import INTERVAL, LEASE, WORK
from tests.cli.terminal import Operator, sign_somebody_in
from tests.world import Clock


class Heard(logging.Handler):
    """Keeps what the bridge logs, and tells when there is something."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.is_there = asyncio.Event()
        self.is_told = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
        if self.texts[-1].startswith("housekeeping"):
            self.is_there.set()
            self.is_told.set()


@pytest.mark.anyio
async def test_a_round_that_fails_is_told_without_its_words_and_the_bridge_goes_on(
    operator: Operator,
) -> None:
    heard = Heard()
    logging.getLogger("bridge").addHandler(heard)
    async with open_provider(operator.settings()) as provider:
        with sqlite3.connect(operator.folder / "data" / "bridge.db") as database:
            database.execute("ALTER TABLE tokens RENAME TO confidential")
        database.close()
        async with housekeeping(provider):
            await asyncio.wait_for(heard.is_there.wait(), 10)
            assert await provider.store.clients() == []
    text = heard.texts[-1]
    assert text.startswith("housekeeping.failed failure=")
    assert "no such table" not in text


def test_what_expired_long_ago_is_forgotten_when_serving_begins(operator: Operator) -> None:
    asyncio.run(sign_somebody_in(operator))
    database = sqlite3.connect(operator.folder / "data" / "bridge.db")
    database.execute("UPDATE sessions SET expires_at = 1")
    database.execute("UPDATE grants SET created_at = 1")
    database.commit()
    heard = Heard()
    logging.getLogger("bridge").addHandler(heard)
    told = operator.with_settings(LOG_LEVEL="debug")
    told.serving("serve", "--port", "0", meanwhile=lambda _: heard.is_told.wait(15))
    assert [text for text in heard.texts if text.startswith("housekeeping")] == [
        "housekeeping.done removed=2"
    ]
    for table, left in (("grants", 0), ("sessions", 0), ("accounts", 1)):
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (left,)  # noqa: S608
    database.close()


class Night:
    """Nobody waits for a short while; who waits for the next round waits until it is ``over``."""

    def __init__(self) -> None:
        self.waiting = asyncio.Semaphore(0)
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if seconds < INTERVAL / 2:
            await asyncio.sleep(0)
            return
        assert 0.9 * INTERVAL <= seconds <= 1.1 * INTERVAL
        over = self.over
        self.waiting.release()
        await over.wait()

    async def wait(self, count: int) -> None:
        for _ in range(count):
            await asyncio.wait_for(self.waiting.acquire(), 15)

    def end(self) -> None:
        self.over, over = asyncio.Event(), self.over
        over.set()


@pytest.mark.anyio
async def test_one_of_several_processes_keeps_house_at_a_time(operator: Operator) -> None:
    heard, night, clock = Heard(), Night(), Clock()
    logging.getLogger("bridge").addHandler(heard)
    settings = operator.with_settings(LOG_LEVEL="debug").settings()
    logging.getLogger("bridge").setLevel(logging.DEBUG)
    async with AsyncExitStack() as opened:
        chance = Chance(now=clock, sleep=night.sleep)
        for _ in range(3):
            provider = await opened.enter_async_context(open_provider(settings, chance))
            await opened.enter_async_context(housekeeping(provider))
        for rounds in (1, 2, 3):
            await night.wait(3)
            assert heard.texts == ["housekeeping.done removed=0"] * rounds
            clock.wind(int(INTERVAL))
            night.end()


@pytest.mark.anyio
async def test_where_one_died_at_it_another_goes_on_after_a_minute(operator: Operator) -> None:
    heard, night, clock = Heard(), Night(), Clock()
    logging.getLogger("bridge").addHandler(heard)
    logging.getLogger("bridge").setLevel(logging.DEBUG)
    chance = Chance(now=clock, sleep=night.sleep)
    async with open_provider(operator.settings(), chance) as provider:
        until = clock.now + LEASE
        assert await provider.store.take_turn(WORK, "dead", now=clock.now, until=until)
        async with housekeeping(provider):
            await night.wait(1)
            assert heard.texts == []
            clock.wind(LEASE)
            night.end()
            await night.wait(1)
            assert heard.texts == ["housekeeping.done removed=0"]
