"""A database that an earlier release left behind, opened by this one: nobody notices."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.store.migrating import migrations
from tests.upgrades import leaving
from tests.upgrades.leaving import ASKED, DISABLED, ERASED, PERSON, Held
from tests.world import CLIENT_SECRET, Clock, World, claims_of, parameters_of, world

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("release", leaving.released())]


@asynccontextmanager
async def upgraded(folder: Path, release: str) -> AsyncGenerator[tuple[World, Held]]:
    """A world over what the release left behind, a few seconds later."""
    left = leaving.held(release)
    connection = sqlite3.connect(folder / "bridge.db")
    connection.executescript(leaving.database(release))
    connection.close()
    (folder / "bridge.db").chmod(0o600)
    async with world(folder, Clock(now=left.now + 10)) as opened:
        yield opened, left


async def token(opened: World, **form: str) -> dict[str, Any]:
    response = await opened.browser.http.post(
        f"{opened.bridge_url}/token", data=form, auth=("rp", CLIENT_SECRET)
    )
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = response.json()
    return answered


async def test_it_has_the_newest_schema_afterwards(tmp_path: Path, release: str) -> None:
    async with upgraded(tmp_path, release):
        pass
    with closing(sqlite3.connect(tmp_path / "bridge.db")) as connection:
        (version,) = connection.execute(
            "SELECT value FROM installation WHERE name = 'schema_version'"
        ).fetchone()
    assert int(version) == migrations()[-1][0] >= int(release.removeprefix("schema_"))


async def test_what_apps_and_browsers_hold_is_still_good(tmp_path: Path, release: str) -> None:
    async with upgraded(tmp_path, release) as (opened, left):
        subject = left.subjects[PERSON]
        assert (await opened.userinfo(left.access_token)).json()["sub"] == subject

        redeemed = (await opened.redeem(left.code)).json()
        assert claims_of(redeemed["id_token"])["sub"] == subject
        form = {"grant_type": "refresh_token", "refresh_token": left.refresh_token}
        assert claims_of((await token(opened, **form))["id_token"])["sub"] == subject

        url = opened.authorization_url(scope=ASKED, prompt="none")
        cookie = {"Cookie": f"bridge-session={left.session_cookie}"}
        silent = parameters_of(await opened.browser.http.get(url, headers=cookie))
        told = claims_of((await opened.redeem(silent["code"])).json()["id_token"])
        assert (told["sub"], told["auth_time"]) == (subject, left.now)


async def test_people_are_who_they_were(tmp_path: Path, release: str) -> None:
    """Consent is remembered, so that whoever comes back is asked nothing."""
    async with upgraded(tmp_path, release) as (opened, left):
        answer = await opened.answer(PERSON, scope=ASKED)
        told = claims_of((await opened.redeem(answer["code"])).json()["id_token"])
        assert told["sub"] == left.subjects[PERSON]
        refused = await _come_back(opened, DISABLED)
        assert "access_denied" in refused.text
        returned = await _come_back(opened, ERASED)
        assert returned.status_code == 200
        (known,) = await opened.provider.store.find_accounts(
            left.subjects[PERSON], retired_as="nobody"
        )
        assert known.account.subject == left.subjects[PERSON]


async def _come_back(opened: World, person: str) -> httpx.Response:
    async with opened.another_browser() as browser:
        return await opened.callback(person, browser=browser, scope=ASKED)


async def test_what_is_sealed_is_opened(tmp_path: Path, release: str) -> None:
    async with upgraded(tmp_path, release) as (opened, left):
        client = await opened.provider.store.client("signs")
        assert client is not None
        secrets, now = opened.provider.client_secrets, opened.clock.now
        assert secrets.open(client, now=now) == left.signing_secret
