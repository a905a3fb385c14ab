"""The database goes away and comes back while the bridge runs: everybody is told to come again."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from tests.relay import Relay, relayed
from tests.world import CLIENT_SECRET, REDIRECT_URI, Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _every_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bridge")


AT_ONCE = 2.0


@asynccontextmanager
async def on_postgres(folder: Path, clock: Clock, url: str) -> AsyncGenerator[tuple[World, Relay]]:
    async with relayed(url) as (way, relay):
        settings = {"BRIDGE_DATABASE": way, "BRIDGE_KEYS_DIRECTORY": str(folder / "keys")}
        async with world(folder, clock, Plan(settings)) as opened:
            yield opened, relay


async def everywhere(opened: World, code: str) -> list[httpx.Response]:
    """What a client and a person are answered at each kind of endpoint."""
    http, bridge = opened.browser.http, opened.bridge_url
    basic = ("rp", CLIENT_SECRET)
    before = time.monotonic()
    answers = await asyncio.gather(
        opened.redeem(code),
        opened.userinfo("x" * 43),
        http.post(f"{bridge}/introspect", data={"token": "none"}, auth=basic),
        http.post(f"{bridge}/revoke", data={"token": "none"}, auth=basic),
        http.post(f"{bridge}/par", data={"client_id": "rp"}, auth=basic),
        http.get(opened.authorization_url()),
    )
    assert time.monotonic() - before < AT_ONCE
    return list(answers)


def check_told(answers: list[httpx.Response]) -> None:
    *programs, person = answers
    for answer in programs:
        assert answer.status_code == 503
        assert answer.json() == {
            "error": "temporarily_unavailable",
            "error_description": "the database is not available",
        }
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["cache-control"] == "no-store"
    assert person.status_code == 503
    assert int(person.headers["retry-after"]) > 0
    assert "temporarily_unavailable" in person.text
    assert 'id="reload"' in person.text


async def until_back(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    for _ in range(100):
        answer = await ask()
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(0.05)
    return await ask()


async def test_postgresql_goes_and_comes_back(
    tmp_path: Path, clock: Clock, migrated_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with on_postgres(tmp_path, clock, migrated_url) as (opened, relay):
        await opened.register()
        code = (await opened.answer())["code"]
        callback = await opened.callback_url()
        await relay.cut()
        check_told(await everywhere(opened, code))
        check_told(await everywhere(opened, code))
        assert (await opened.browser.http.get(callback)).status_code == 503
        assert caplog.text.count("database.unavailable") == 1
        assert "database.available" not in caplog.text
        assert "127.0.0.1" not in caplog.text.partition("database.unavailable")[2]

        clock.wind(5)
        await relay.restore()
        redeemed = await until_back(lambda: opened.redeem(code))
        assert redeemed.status_code == 200
        clock.wind(1)
        assert (await opened.userinfo(redeemed.json()["access_token"])).status_code == 200
        assert caplog.text.count("database.available") == 1
        answer = await opened.browser.http.get(callback)
        assert parameters_of(answer)["code"]


async def test_a_code_whose_answer_was_lost_is_spent_and_given_nobody_twice(
    tmp_path: Path, clock: Clock, migrated_url: str
) -> None:
    async with on_postgres(tmp_path, clock, migrated_url) as (opened, relay):
        await opened.register()
        code = (await opened.answer())["code"]
        relay.cut_after(b"COMMIT")
        lost = await opened.redeem(code)
        assert lost.status_code == 503
        assert relay.has_cut
        assert (await opened.redeem(code)).json()["error"] == "invalid_grant"


async def test_who_asked_rightly_is_told_by_the_way_back(
    tmp_path: Path, clock: Clock, migrated_url: str
) -> None:
    """Where the redirect URI was verified before the database went, the app is told."""
    async with on_postgres(tmp_path, clock, migrated_url) as (opened, relay):
        await opened.register()
        callback = await opened.callback_url()
        relay.cut_after(b"COMMIT")  # of the sign-in itself
        answer = await opened.browser.http.get(callback)
        assert answer.headers["location"].startswith(REDIRECT_URI)
        told = parameters_of(answer)
        assert told["error"] == "temporarily_unavailable"
        assert told["state"] == "the state"


async def test_an_sqlite_file_that_another_holds_is_told_and_written_down_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.store.sqlite_file.BUSY_MILLISECONDS", 1)
    async with world(tmp_path, clock) as opened:
        await opened.register()
        code = (await opened.answer())["code"]
        with closing(sqlite3.connect(opened.settings.sqlite_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                refused = await opened.redeem(code)
                assert refused.status_code == 503
                assert refused.json()["error"] == "temporarily_unavailable"
                assert refused.headers["retry-after"]
        assert caplog.text.count("database.unavailable") == 1
        clock.wind(1)
        assert (await opened.redeem(code)).status_code == 200
        assert caplog.text.count("database.available") == 1
