"""Telling relying parties that somebody signed out: OpenID Connect Back-Channel Logout 1.0."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from bridge.store.rows import registration_json
from tests.journeys.relying_parties import RelyingParty, relying_party, verified
from tests.serving import free_port
from tests.world import PERSON, Clock, Plan, World, claims_of, world

pytestmark = pytest.mark.anyio

SETTINGS = {"BRIDGE_FETCH_ALLOWED": "localhost"}


@pytest.fixture
async def https_world(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(settings=SETTINGS, tls=tls)) as opened:
        yield opened


@pytest.fixture
async def told(tls: Path) -> AsyncIterator[RelyingParty]:
    async with relying_party(tls) as opened:
        yield opened


async def signed_in(a_world: World, client_id: str = "rp", person: str = PERSON) -> dict[str, Any]:
    """Sign in for a client by the front channel, and return its ID Token's claims."""
    answer = await a_world.answer(person, client_id=client_id, response_type="id_token")
    return claims_of(answer["id_token"]) | {"id_token": answer["id_token"]}


async def register(a_world: World, uri: str, client_id: str = "rp", **members: Any) -> None:
    await a_world.register(
        client_id=client_id,
        backchannel_logout_uri=uri,
        response_types=("code", "id_token"),
        **members,
    )


async def sign_out(a_world: World, hint: str) -> None:
    url = f"{a_world.bridge_url}/end_session"
    response = await a_world.browser.http.get(url, params={"id_token_hint": hint})
    assert response.status_code == 200
    assert "confirm-logout" not in response.text


async def test_a_relying_party_is_told_by_a_token_of_its_own_kind(
    https_world: World, told: RelyingParty
) -> None:
    """§2.4, §2.5: its own ``sub`` and ``sid``, signed as its ID Tokens are."""
    await register(https_world, told.uri, id_token_signed_response_alg="ES256")
    person = await signed_in(https_world)
    await sign_out(https_world, person["id_token"])
    await https_world.provider.background.finish()
    (token,) = told.tokens
    claims = await verified(https_world, token, client_id="rp", alg="ES256")
    assert (claims["sub"], claims["sid"]) == (person["sub"], person["sid"])


async def test_a_logout_token_is_no_hint(https_world: World, told: RelyingParty) -> None:
    """RFC 8725 §3.11: though we signed it, for this client, with this ``sub`` and ``sid``."""
    await register(https_world, told.uri)
    await sign_out(https_world, (await signed_in(https_world))["id_token"])
    await https_world.provider.background.finish()
    await signed_in(https_world)
    url = f"{https_world.bridge_url}/end_session?id_token_hint={told.tokens[0]}"
    page = await https_world.browser.open(url)
    assert page.text("error") == "invalid_request"


async def test_all_of_them_are_told_at_once_and_nobody_waits_for_them(
    https_world: World, tls: Path
) -> None:
    """The person is answered although no relying party has answered yet."""
    may_answer = anyio.Event()
    here: list[str] = []

    async def wait_for_both() -> None:
        here.append("one")
        if len(here) == 2:
            may_answer.set()
        await may_answer.wait()

    async with AsyncExitStack() as opened:
        told = {name: await opened.enter_async_context(relying_party(tls)) for name in ("a", "b")}
        for name, one in told.items():
            one.before = wait_for_both
            kind = "pairwise" if name == "b" else "public"
            await register(https_world, one.uri, name, subject_type=kind)
        await register(https_world, told["a"].uri, "never signed in to")
        persons = {name: await signed_in(https_world, name) for name in told}
        await sign_out(https_world, persons["a"]["id_token"])
        await https_world.provider.background.finish()
        for name, one in told.items():
            (token,) = one.tokens
            claims = await verified(https_world, token, client_id=name, alg="RS256")
            assert (claims["sub"], claims["sid"]) == (persons[name]["sub"], persons[name]["sid"])


async def test_a_slow_relying_party_does_not_hold_the_person(
    https_world: World, told: RelyingParty
) -> None:
    is_answered = anyio.Event()
    told.before = is_answered.wait
    await register(https_world, told.uri)
    await sign_out(https_world, (await signed_in(https_world))["id_token"])
    is_answered.set()
    await https_world.provider.background.finish()
    assert len(told.tokens) == 1


async def test_what_was_renewed_is_told_session_by_session(
    https_world: World, told: RelyingParty
) -> None:
    """§2.1: a relying party may know each ``sid``."""
    await register(https_world, told.uri)
    first = await signed_in(https_world)
    renewed = await signed_in(https_world)
    family = await signed_in(https_world, person="family")
    assert told.tokens == []
    page = await https_world.browser.open(f"{https_world.bridge_url}/end_session")
    await https_world.browser.click(page, "confirm-logout")
    await https_world.provider.background.finish()
    claims = [claims_of(token) for token in told.tokens]
    expected = {(known["sub"], known["sid"]) for known in (first, renewed, family)}
    assert len(expected) == 3
    assert {(one["sub"], one["sid"]) for one in claims} == expected
    assert len({one["jti"] for one in claims}) == len(claims) == 3


async def test_of_two_that_sign_out_at_once_one_has_it_told(
    https_world: World, told: RelyingParty
) -> None:
    await register(https_world, told.uri)
    hint = (await signed_in(https_world))["id_token"]
    await asyncio.gather(*(sign_out(https_world, hint) for _ in range(4)))
    await https_world.provider.background.finish()
    assert len(told.tokens) == 1


async def test_a_relying_party_that_fails_is_told_again(
    https_world: World, told: RelyingParty, caplog: pytest.LogCaptureFixture
) -> None:
    """With a new token, since the one before may have been taken."""
    told.statuses = [503, 500, 204]
    await register(https_world, told.uri)
    hint = (await signed_in(https_world))["id_token"]
    with caplog.at_level(logging.INFO, "bridge"):
        await sign_out(https_world, hint)
        await https_world.provider.background.finish()
    assert https_world.clock.slept == [2, 10]
    assert len({claims_of(token)["jti"] for token in told.tokens}) == len(told.tokens) == 3
    assert "logout.delivered client_id=rp" in caplog.text
    assert "logout.failed" not in caplog.text


@pytest.mark.parametrize(
    ("statuses", "tries", "cause"),
    [
        ([400], 1, '"status 400"'),
        ([302], 1, '"status 302"'),
        ([503], 3, '"status 503"'),
    ],
)
async def test_what_cannot_be_told_is_written_down_and_is_not_fatal(
    https_world: World,
    told: RelyingParty,
    caplog: pytest.LogCaptureFixture,
    statuses: list[int],
    tries: int,
    cause: str,
) -> None:
    """§2.8: and neither the token nor the address's query is part of it."""
    told.statuses = statuses
    await register(https_world, told.uri)
    hint = (await signed_in(https_world))["id_token"]
    with caplog.at_level(logging.DEBUG, "bridge"):
        await sign_out(https_world, hint)
        await https_world.provider.background.finish()
    assert len(told.tokens) == tries
    written = [record.getMessage() for record in caplog.records if record.name == "bridge"]
    assert written[-1] == f"logout.failed client_id=rp cause={cause}"
    assert [value for value in ("kept=1", *told.tokens) if value in "".join(written)] == []


async def test_a_relying_party_that_is_away_is_tried_three_times(
    https_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await register(https_world, f"https://localhost:{free_port()}/back")
    hint = (await signed_in(https_world))["id_token"]
    await sign_out(https_world, hint)
    await https_world.provider.background.finish()
    assert https_world.clock.slept == [2, 10]
    assert 'logout.failed client_id=rp cause="no connection"' in caplog.text


async def test_nobody_is_told_at_an_address_that_is_not_public(
    tmp_path: Path, clock: Clock, tls: Path, told: RelyingParty, caplog: pytest.LogCaptureFixture
) -> None:
    """Unless the operator allows it: who registers may not have us post into the network."""
    async with world(tmp_path, clock, Plan(tls=tls)) as opened:
        await register(opened, told.uri)
        await sign_out(opened, (await signed_in(opened))["id_token"])
        await opened.provider.background.finish()
    assert told.tokens == []
    assert "logout.failed client_id=rp" in caplog.text


async def test_what_goes_wrong_here_is_written_down_as_ours(
    https_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A pairwise client whose row has been given addresses of two hosts, say: it has no ``sub``."""
    await register(https_world, "https://localhost:9/back")
    await signed_in(https_world)
    client = await https_world.provider.store.client("rp")
    assert client is not None
    uris = (*client.redirect_uris, "https://other.example/cb")
    unfit = replace(client, subject_type="pairwise", redirect_uris=uris)
    with closing(sqlite3.connect(https_world.settings.sqlite_path)) as database, database:
        row = (registration_json(unfit), "rp")
        database.execute("UPDATE clients SET registration = ? WHERE client_id = ?", row)
    url = f"{https_world.bridge_url}/end_session"
    page = await https_world.browser.open(f"{url}?client_id=rp")
    await https_world.browser.click(page, "confirm-logout")
    await https_world.provider.background.finish()
    assert 'logout.failed client_id=rp cause="a fault of the bridge"' in caplog.text
    assert "request.failed failure=UnfitClient" in caplog.text


async def test_what_the_end_of_the_process_cuts_off_is_written_down(
    https_world: World, told: RelyingParty, caplog: pytest.LogCaptureFixture
) -> None:
    is_there, may_answer = anyio.Event(), anyio.Event()

    async def wait() -> None:
        is_there.set()
        await may_answer.wait()

    told.before = wait
    await register(https_world, told.uri)
    await sign_out(https_world, (await signed_in(https_world))["id_token"])
    await is_there.wait()
    await https_world.provider.background.close(0)
    may_answer.set()
    assert 'logout.failed client_id=rp cause="the bridge stopped"' in caplog.text


async def test_who_is_registered_for_an_algorithm_that_was_given_up_is_not_told(
    https_world: World, told: RelyingParty, caplog: pytest.LogCaptureFixture
) -> None:
    """It would refuse any other; the operator reads why, and the person is signed out."""
    await register(https_world, told.uri)
    person = await signed_in(https_world)
    change = partial(replace, id_token_signed_response_alg="EdDSA")
    await https_world.provider.store.change_client("rp", change)
    with caplog.at_level(logging.WARNING):
        await sign_out(https_world, person["id_token"])
        await https_world.provider.background.finish()
    assert told.tokens == []
    assert "its algorithm is not offered" in caplog.text
