"""What a running bridge does by itself, beside answering."""

import asyncio
import logging
import sqlite3

import pytest

from bridge.app import housekeeping, open_provider
from tests.cli.terminal import Operator, sign_somebody_in


class Heard(logging.Handler):
    """Keeps what the bridge logs, and tells when there is something."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.is_there = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
        if self.texts[-1].startswith("housekeeping"):
            self.is_there.set()


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
    database.execute("UPDATE codes SET expires_at = 1")
    database.commit()
    heard = Heard()
    logging.getLogger("bridge").addHandler(heard)
    told = operator.with_settings(LOG_LEVEL="debug")
    told.serving("serve", "--port", "0", meanwhile=lambda _: heard.is_there_in_a_thread.wait(10))
    assert any(text.startswith("housekeeping.done removed=1") for text in heard.texts)
    assert database.execute("SELECT count(*) FROM codes").fetchone() == (0,)
    assert database.execute("SELECT count(*) FROM accounts").fetchone() == (1,)
    database.close()
