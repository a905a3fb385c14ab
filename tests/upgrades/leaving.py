"""What a bridge of one release leaves behind, kept so that every later one can be tried on it.

``python -m tests.upgrades.leaving``, run with the program that is about to be released, writes two
files named after its schema: the SQLite database as SQL, and what people, apps and browsers hold.
"""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bridge.oidc.client import Client
from bridge.store.migrating import migrations
from tests.browsing import Browser
from tests.world import REDIRECT_URI, Clock, World, claims_of, parameters_of, world

HERE = Path(__file__).parent

# 2026-09-21. The moment at which it is left behind.
NOW = 1_790_000_000
SCOPE = ("openid", "profile", "email", "offline_access")
ASKED = " ".join(SCOPE)

# Who signs in, and what becomes of them
PERSON, DISABLED, ERASED = "zhang-wei", "no-picture", "arabic"


@dataclass(frozen=True)
class Held:
    """What is outside the database."""

    now: int
    subjects: dict[str, str]
    session_cookie: str
    code: str
    access_token: str
    refresh_token: str
    signing_secret: str


def released() -> Sequence[str]:
    """The names of what was left behind, oldest first."""
    return sorted(file.stem for file in HERE.glob("schema_*.sql"))


def database(name: str) -> str:
    return (HERE / f"{name}.sql").read_text("utf-8")


def held(name: str) -> Held:
    members: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return Held(**members)


async def leave_behind(folder: Path) -> Held:
    """Live for a while: people sign in, apps are given tokens, operators act."""
    async with world(folder, Clock(now=NOW)) as opened:
        await opened.register(scope=SCOPE, consent="remember", access=None)
        store, now = opened.provider.store, opened.clock.now
        signing_secret = "a secret that signs"
        signs = Client(
            client_id="signs",
            client_name="Signs",
            redirect_uris=(REDIRECT_URI,),
            token_endpoint_auth_method="client_secret_jwt",
        )
        await store.add_client(opened.provider.client_secrets.keep(signs, signing_secret), now=now)
        subjects: dict[str, str] = {}
        for person in (DISABLED, ERASED):
            async with opened.another_browser() as browser:
                tokens = await _first_tokens(opened, person, browser)
                subjects[person] = claims_of(tokens["id_token"])["sub"]
        await _act_as_operator(opened, subjects)
        tokens = await _first_tokens(opened, PERSON, opened.browser)
        subjects[PERSON] = claims_of(tokens["id_token"])["sub"]
        response = await opened.browser.http.get(opened.authorization_url(scope=ASKED))
        return Held(
            now=NOW,
            subjects=subjects,
            session_cookie=_session_cookie(opened.browser),
            code=parameters_of(response)["code"],
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
            signing_secret=signing_secret,
        )


async def _first_tokens(opened: World, person: str, browser: Browser) -> dict[str, Any]:
    """Sign in, consent, and redeem the code."""
    page = await browser.open(opened.authorization_url(scope=ASKED))
    consent = await browser.click(
        await browser.click(page, "wechat-login"), "approve", person=person
    )
    allowed = await browser.send(consent, "allow", follow_redirects=False)
    tokens: dict[str, Any] = (await opened.redeem(parameters_of(allowed)["code"])).json()
    return tokens


def _session_cookie(browser: Browser) -> str:
    (value,) = (
        cookie.value for cookie in browser.http.cookies.jar if cookie.name == "bridge-session"
    )
    return value or ""


async def _act_as_operator(opened: World, subjects: dict[str, str]) -> None:
    store, now = opened.provider.store, opened.clock.now
    retired_as = opened.provider.retired
    ids: dict[str, str] = {}
    for person, subject in subjects.items():
        (known,) = await store.find_accounts(subject, retired_as=retired_as(subject))
        ids[person] = known.account.account_id
    await store.disable_account(ids[DISABLED], audit_id="a" * 32, now=now)
    await store.erase_account(ids[ERASED], retired_as=retired_as, audit_id="b" * 32, now=now)


def main() -> None:
    with TemporaryDirectory() as folder:
        left = asyncio.run(leave_behind(Path(folder)))
        with closing(sqlite3.connect(Path(folder) / "bridge.db")) as connection:
            text = "\n".join(connection.iterdump())
    name = f"schema_{migrations()[-1][0]:04}"
    (HERE / f"{name}.sql").write_text(f"{text}\n", "utf-8")
    (HERE / f"{name}.json").write_text(f"{json.dumps(asdict(left), indent=1)}\n", "utf-8")
    print(f"{name}: {len(text.splitlines())} lines")  # noqa: T201


if __name__ == "__main__":
    main()
