"""``wechat-oidc account disable``, ``enable``, ``merge`` and ``erase``."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from bridge.app import open_store
from bridge.oidc.client import Client
from tests.cli.terminal import APPID, Operator, sign_somebody_in
from tests.journeys.relying_parties import RelyingParty, relying_party

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def with_two(operator: Operator) -> Operator:
    async def arrive() -> None:
        await sign_somebody_in(operator, "oOne", unionid="uOne")
        await sign_somebody_in(operator, "oTwo", appid="wxphone")

    asyncio.run(arrive())
    return operator


async def add_client(operator: Operator, told: RelyingParty | None = None) -> None:
    store = await open_store(operator.settings())
    client = Client(
        client_id="client", client_name="Client", redirect_uris=("https://rp.example/",)
    )
    if told is not None:
        client = replace(client, backchannel_logout_uri=told.uri, access_token_format="jwt")
    await store.add_client(client, now=0)
    await store.close()


def state_of(operator: Operator, id_: str) -> str:
    state: str = json.loads(operator.told("account", "show", id_, "--json"))["state"]
    return state


def test_a_person_is_kept_out_and_let_in_again(with_two: Operator) -> None:
    asyncio.run(add_client(with_two))
    assert with_two.told("account", "disable", "uOne").splitlines() == [
        "oOne is disabled",
        "ended: sign-ins 1, grants 1",
        "client: is not told, and knows once it asks here again",
    ]
    assert with_two.refused("account", "disable", "oOne", status=1) == "oOne is disabled"
    assert with_two.told("account", "enable", "oOne") == "oOne may sign in\n"
    line = with_two.refused("account", "enable", "oOne", status=1)
    assert line == "oOne is active, not disabled"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "outcome"), [(200, "was told"), (400, "could not be told: status 400")]
)
async def test_apps_are_told_and_it_is_said_how_it_went(
    with_two_https: Operator, tls: Path, status: int, outcome: str
) -> None:
    async with relying_party(tls) as told:
        told.statuses = [status]
        await add_client(with_two_https, told)
        ended = await anyio.to_thread.run_sync(with_two_https.run, "account", "disable", "oOne")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[1:] == [
        "ended: sign-ins 1, grants 1",
        f"client: {outcome}",
        "client: APIs may take its access tokens for up to 3600 s more",
    ]
    assert len(told.tokens) == 1


@pytest.fixture
async def with_two_https(operator: Operator, tls: Path) -> Operator:
    operator = operator.with_settings(FETCH_ALLOWED="localhost", CA_FILE=str(tls / "ca.pem"))
    await sign_somebody_in(operator, "oOne", unionid="uOne")
    return operator


def test_two_accounts_become_one(with_two: Operator) -> None:
    assert with_two.told("account", "merge", "oTwo", "uOne", "--yes").splitlines() == [
        "oTwo is oOne from now on",
        "ended: sign-ins 1, grants 1",
    ]
    merged = json.loads(with_two.told("account", "show", "id-oTwo", "--json"))
    assert (merged["state"], merged["merged_into"]) == ("merged", "id-oOne")
    document = json.loads(with_two.told("account", "show", "uOne", "--json"))
    assert {row["value"] for row in document["identities"]} == {"oOne", "uOne", "oTwo"}
    event = document["audit"][-1]
    assert (event["event"], event["other_account_id"]) == ("account.merged", "id-oTwo")


def test_the_manual_says_how_a_merge_is_undone(with_two: Operator) -> None:
    with_two.told("account", "merge", "oTwo", "oOne", "--yes")
    section = MANUAL.read_text("utf-8").partition("A merge can be undone by hand")[2]
    script = section.partition("```sql\n")[2].partition("```")[0]
    assert script.count("'fromaccountid'") == 2
    with closing(sqlite3.connect(with_two.settings().sqlite_path)) as database:
        database.executescript(script.replace("fromaccountid", "id-oTwo"))
    assert state_of(with_two, "oTwo") == "active"
    for subject, ids in (("oOne", ["oOne", "uOne"]), ("oTwo", ["oTwo"])):
        document = json.loads(with_two.told("account", "show", subject, "--json"))
        assert [row["value"] for row in document["identities"]] == ids
    with_two.told("account", "merge", "oTwo", "oOne", "--yes")


def test_a_list_of_who_may_enter_that_has_a_spent_subject_is_named(with_two: Operator) -> None:
    with_two.told(
        *("client", "add", "--client-id", "listed", "--redirect-uri", "https://rp.example/cb"),
        *("--access", "oTwo"),
    )
    told = with_two.told("account", "merge", "oTwo", "oOne", "--yes")
    assert "listed: its list of who may enter still has this subject" in told.splitlines()


def test_two_people_of_one_application_stay_two(with_two: Operator) -> None:
    asyncio.run(sign_somebody_in(with_two, "oThree"))
    line = with_two.refused("account", "merge", "oThree", "oOne", "--yes", status=1)
    assert line.startswith(f"each has an openid of {APPID}, and WeChat gives a person one")
    assert state_of(with_two, "oThree") == "active"


def test_a_person_is_erased_once(with_two: Operator) -> None:
    told = with_two.told("account", "erase", "oOne", "--yes")
    assert told.splitlines() == ["id-oOne is erased", "ended: sign-ins 1, grants 1"]
    assert with_two.refused("account", "show", "uOne", status=1) == "nobody is known here by uOne"
    line = with_two.refused("account", "erase", "oOne", "--yes", status=1)
    assert line == "oOne is erased already"


def test_who_was_merged_is_erased_with_the_survivor(with_two: Operator) -> None:
    with_two.told("account", "merge", "oTwo", "oOne", "--yes")
    line = with_two.refused("account", "erase", "id-oTwo", "--yes", status=1)
    assert line == "id-oTwo is merged into id-oOne"
    with_two.told("account", "erase", "oOne", "--yes")
    assert state_of(with_two, "id-oTwo") == "erased"


@pytest.mark.parametrize(
    "command", [("merge", "oTwo", "oOne"), ("erase", "oOne")], ids=["merge", "erase"]
)
def test_what_cannot_be_taken_back_is_asked_first(
    with_two: Operator, command: tuple[str, ...]
) -> None:
    result = with_two.run("account", *command)  # nobody answers
    assert result.exit_code == 1
    assert "[y/N]" in result.stderr
    assert state_of(with_two, "oOne") == "active"
    assert state_of(with_two, "oTwo") == "active"


@pytest.mark.parametrize(
    "command",
    [("disable", "x"), ("enable", "x"), ("erase", "x", "--yes"), ("merge", "x", "oOne", "--yes")],
)
def test_nobody_is_nobody(with_two: Operator, command: tuple[str, ...]) -> None:
    line = with_two.refused("account", *command, status=1)
    assert line == "nobody is known here by x"
