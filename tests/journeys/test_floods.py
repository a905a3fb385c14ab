"""Strangers in great numbers: they leave nothing behind."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.journeys.rows import rows_of
from tests.world import Clock, Plan, World, pkce_pair, world

pytestmark = pytest.mark.anyio

OFF = {"BRIDGE_RATE_LIMITS_PAGES_PER_ADDRESS": "off"}

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def left_behind(a_world: World) -> tuple[dict[str, int], dict[str, str]]:
    """The rows of each table, and what is in the files that SQLite writes to."""
    database = a_world.settings.sqlite_path
    files = {
        name: sha256(file.read_bytes()).hexdigest()
        for name in (database.name, f"{database.name}-wal")
        if (file := database.with_name(name)).exists()
    }
    return rows_of(a_world), files


def strange_requests(a_world: World) -> list[tuple[str, str, str]]:
    """Method, path and form or query of what anybody can send who has never been here."""
    _, challenge = pkce_pair()
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    asked = [
        a_world.authorization_url(**changed).partition("?")[2]
        for changed in (
            {},
            pkce,
            {"prompt": "none"},
            {"prompt": "login", "max_age": "0"},
            {"client_id": "nobody"},
            {"client_id": "app", **pkce},
            {"client_id": "app"},
            {"redirect_uri": "https://evil.example/"},
            {"scope": "openid offline_access"},
            {"response_type": "token"},
            {"request_uri": "urn:ietf:params:oauth:request_uri:guess"},
            {"id_token_hint": "e30.e30.e30"},
            {"state": "s" * 3_000},
        )
    ]
    returned = urlencode({"code": "0" * 32, "state": "a" * 33})
    sent = [(method, "/authorize", query) for query in asked for method in ("GET", "POST")]
    sent += [
        ("GET", "/callback/wechat", returned),
        ("GET", "/callback/wechat", "code=x"),
        ("GET", "/continue", f"wechat_state={'a' * 33}"),
        ("GET", "/cancel", f"wechat_state={'a' * 33}"),
        ("POST", "/cancel", f"wechat_state={'a' * 33}"),
        ("POST", "/sign_in", "request=e30"),
        ("POST", "/consent", "token=e30&decision=allow"),
        ("POST", "/select_account", "token=e30&decision=continue"),
        ("GET", "/end_session", "client_id=rp"),
        ("POST", "/end_session/confirm", "token=e30"),
        ("POST", "/token", "grant_type=authorization_code&client_id=rp&client_secret=guess&code=c"),
        ("POST", "/token", "grant_type=refresh_token&client_id=app&refresh_token=guess"),
        ("POST", "/par", "client_id=rp&client_secret=guess"),
        ("POST", "/revoke", "client_id=app&token=guess"),
        ("POST", "/introspect", "client_id=rp&client_secret=guess&token=guess"),
        ("GET", "/userinfo", "access_token=guess"),
        ("POST", "/userinfo", "access_token=guess"),
        ("POST", "/register", "{}"),
        ("GET", "/register/rp", ""),
        ("GET", "/.well-known/webfinger", "resource=acct:a@localhost"),
    ]
    return sent


@pytest.mark.parametrize("times", [300, pytest.param(5_000, marks=pytest.mark.every_variant)])
async def test_a_flood_of_strangers_writes_no_row(tmp_path: Path, clock: Clock, times: int) -> None:
    """Not a row, nor a byte of the database, nor of what SQLite writes before it."""
    async with world(tmp_path, clock, Plan(settings=OFF)) as a_world:
        await a_world.register()
        await a_world.register(client_id="app", client_secret_hash=None)
        before = left_behind(a_world)
        statuses: set[int] = set()
        with closing(sqlite3.connect(a_world.settings.sqlite_path)) as looking:
            version = looking.execute("PRAGMA data_version").fetchone()
            for method, path, text in islice(cycle(strange_requests(a_world)), times):
                url = f"{a_world.bridge_url}{path}"
                if method == "GET":
                    response = await a_world.browser.http.get(f"{url}?{text}")
                else:
                    response = await a_world.browser.http.post(url, content=text, headers=FORM)
                statuses.add(response.status_code)
            assert looking.execute("PRAGMA data_version").fetchone() == version
        assert statuses <= {200, 302, 303, 400, 401, 403, 404, 429}, statuses
        assert {200, 303, 400, 401} <= statuses
        assert left_behind(a_world) == before
