"""Pushes that are not WeChat's, not for us, too late, or say what nobody signed."""

import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bridge.wechat.simulator.push_messages import PushFormat, sealed, signed, written
from bridge.wechat.simulator.pushes import TRIES, PushMode, PushRequest, deliver
from tests.journeys.wechat_console import (
    AES_KEY,
    PLAIN,
    SECURE,
    TOKEN,
    WITHDRAWN,
    change,
    events_url,
    openid,
    push,
    send_once,
    subscribe,
)
from tests.world import APPID, Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio

OTHER_KEY = "b" * 42 + "9"
OTHER_APPID = "wx00000000000000ff"


@pytest.fixture
async def listening(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    """A bridge that takes pushes in the secure mode, and somebody who is signed in."""
    async with world(tmp_path, clock, Plan(settings=SECURE)) as opened:
        await opened.register()
        subscribe(opened)
        await opened.answer()
        yield opened


async def is_signed_in(a_world: World) -> bool:
    url = a_world.authorization_url(prompt="none")
    return "code" in parameters_of(await a_world.browser.http.get(url))


def audited(a_world: World) -> list[str]:
    with closing(sqlite3.connect(a_world.settings.sqlite_path)) as database:
        return [
            event
            for (event,) in database.execute(
                "SELECT event FROM audit WHERE event LIKE '%.unproven'"
            )
        ]


async def post(
    a_world: World, body: bytes, query: Mapping[str, str] | None = None, **changed: str
) -> httpx.Response:
    """Send a body with a query that is signed as in the plain mode, unless another is given."""
    timestamp, nonce = str(a_world.clock.now), "415670741"
    known = {"signature": signed(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    url = events_url(a_world)
    return await a_world.browser.http.post(
        url, params={**(query or known), **changed}, content=body
    )


def request(a_world: World, **more: str) -> PushRequest:
    return a_world.simulator.pushes.request(APPID, change(a_world, **more))


async def deliver_once(a_world: World, asked: PushRequest) -> int:
    async with a_world.simulator.pushes.new_client() as client:
        return (await deliver(client, asked)).status


def sealed_query(a_world: World, encrypt: str, *, token: str = TOKEN) -> dict[str, str]:
    timestamp, nonce = str(a_world.clock.now), "1"
    return {
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": signed(token, timestamp, nonce, encrypt),
    }


# Whose it is


async def test_who_does_not_know_the_token_is_refused(
    listening: World, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(listening, token="another")
    with caplog.at_level(logging.INFO, "bridge"):
        answers = await push(listening)
    assert [answer.status for answer in answers] == [403] * TRIES
    assert 'cause="msg_signature is wrong"' in caplog.text
    assert await is_signed_in(listening)
    assert not await listening.simulator.pushes.check_url(APPID)


async def test_who_knows_the_token_and_not_the_key_is_refused(
    listening: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Or the operator, who has entered two: it is worth a warning."""
    subscribe(listening, key=OTHER_KEY)
    with caplog.at_level(logging.WARNING, "bridge"):
        answers = await push(listening)
    assert {answer.status for answer in answers} == {403}
    assert 'cause="no events_aes_key opens it for this AppID"' in caplog.text
    assert await is_signed_in(listening)


@pytest.mark.parametrize("where", ["envelope", "message"])
async def test_what_is_for_another_application_is_refused(listening: World, where: str) -> None:
    """Of an operator who has one token and one key for all of them, say."""
    members = change(listening)
    if where == "message":
        members["AppID"] = OTHER_APPID
    encrypt = sealed(
        written(members, PushFormat.JSON),
        encoding_aes_key=AES_KEY,
        appid=OTHER_APPID if where == "envelope" else APPID,
        random=b"r" * 16,
    )
    body = json.dumps({"ToUserName": "gh_1", "Encrypt": encrypt}).encode()
    answer = await post(listening, body, sealed_query(listening, encrypt))
    assert (answer.status_code, answer.text) == (403, "refused\n")
    assert await is_signed_in(listening)


async def test_nothing_is_taken_for_an_application_that_wants_no_pushes(listening: World) -> None:
    http = listening.browser.http
    for appid in (OTHER_APPID, "wx", APPID.upper(), "%2e%2e", "a" * 2_000):
        url = events_url(listening, appid)
        for answer in (await http.get(url), await http.post(url, content=b"<xml></xml>")):
            assert answer.status_code == 404
            assert appid not in answer.text


async def test_without_a_token_there_is_no_endpoint(a_world: World) -> None:
    """An empty one would be known to everybody."""
    timestamp = str(a_world.clock.now)
    query = {"signature": signed("", timestamp, "1"), "timestamp": timestamp, "nonce": "1"}
    answer = await a_world.browser.http.get(events_url(a_world), params=query | {"echostr": "1"})
    assert answer.status_code == 404
    assert (await post(a_world, b"<xml></xml>", query)).status_code == 404


# When


async def test_a_push_that_comes_late_or_early_is_refused(listening: World) -> None:
    for away in (-301, 301):
        asked = request(listening)
        listening.clock.wind(-away)
        assert await deliver_once(listening, asked) == 403
        listening.clock.wind(away)
    assert await is_signed_in(listening)


async def test_a_request_that_is_sent_again_does_nothing(listening: World) -> None:
    """Whoever has seen one; WeChat too, where our answer was lost, and it is told success."""
    asked = request(listening)
    assert await deliver_once(listening, asked) == 200
    await listening.answer()
    assert await deliver_once(listening, asked) == 200
    assert await is_signed_in(listening)
    listening.clock.wind(301)
    assert await deliver_once(listening, asked) == 403


async def test_a_signature_that_was_used_is_good_for_no_other_body(listening: World) -> None:
    """In the plain mode it covers none, so only the first is taken."""
    zhang, family = change(listening), change(listening, person="family")
    await listening.answer("family")
    for members in (zhang, family):
        answer = await post(listening, json.dumps(members).encode())
        assert answer.text == "success"
    assert audited(listening) == ["authorization.withdrawn.unproven"]


# What nobody signed


@pytest.mark.parametrize("settings", [SECURE, PLAIN], ids=["with a key", "without"])
@pytest.mark.parametrize("format_", PushFormat)
async def test_in_the_plain_mode_nothing_is_done_and_the_operator_can_read_it(
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, str],
    format_: PushFormat,
) -> None:
    async with world(tmp_path, clock, Plan(settings=settings)) as opened:
        await opened.register()
        subscribe(opened, mode=PushMode.PLAIN, format_=format_)
        await opened.answer()
        with caplog.at_level(logging.WARNING, "bridge"):
            (answer,) = await push(opened)
        assert answer.is_success
        assert await is_signed_in(opened)
        assert audited(opened) == ["authorization.withdrawn.unproven"]
    assert "outcome=noted" in caplog.text


async def test_a_message_that_nobody_signed_does_not_keep_the_true_one_away(
    listening: World,
) -> None:
    members = change(listening)
    assert (await post(listening, json.dumps(members).encode())).text == "success"
    assert await is_signed_in(listening)
    assert (await send_once(listening, members)).is_success
    assert not await is_signed_in(listening)


async def test_in_the_plain_mode_it_is_done_where_the_operator_says_so(
    tmp_path: Path, clock: Clock
) -> None:
    settings = {**PLAIN, "BRIDGE_WECHAT_EVENTS_IN_PLAIN": "act"}
    async with world(tmp_path, clock, Plan(settings=settings)) as opened:
        await opened.register()
        subscribe(opened, mode=PushMode.PLAIN)
        await opened.answer()
        await push(opened)
        assert not await is_signed_in(opened)


async def test_of_the_compatible_mode_the_plain_part_does_not_count(listening: World) -> None:
    """It names one person, and what is sealed another."""
    await listening.answer("family")
    zhang, family = change(listening), change(listening, person="family")
    encrypt = sealed(
        written(zhang, PushFormat.XML), encoding_aes_key=AES_KEY, appid=APPID, random=b"r" * 16
    )
    body = written({**family, "Encrypt": encrypt}, PushFormat.XML)
    answer = await post(listening, body, sealed_query(listening, encrypt))
    assert answer.text == "success"
    assert await is_signed_in(listening)  # as family, who was last


# What is sent against us


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE xml [<!ENTITY a "'
        + b"a" * 5_000
        + b'">]><xml><Event>'
        + b"&a;" * 5_000
        + b"</Event></xml>",
        b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Event>&a;</Event></xml>',
        b"<xml>" + b"<a>" * 10_000,
        b'{"a":' + b"[" * 60_000,
        b"\xff\xfe\x00",
        b"",
    ],
    ids=["entities", "a file", "deep XML", "deep JSON", "no text", "nothing"],
)
async def test_a_body_that_works_against_the_reader_is_refused(
    listening: World, body: bytes
) -> None:
    """Signed or not: in the plain mode the signature covers no body."""
    answer = await post(listening, body)
    assert (answer.status_code, answer.text) == (403, "refused\n")


async def test_a_body_that_is_too_large_is_not_read(listening: World) -> None:
    answer = await post(listening, b"<xml>" + b" " * 65_536 + b"</xml>")
    assert (answer.status_code, answer.text) == (413, "refused\n")


async def test_a_bomb_in_an_envelope_is_refused(listening: World) -> None:
    bomb = b'<!DOCTYPE xml [<!ENTITY a "ha">]><xml><Event>&a;</Event></xml>'
    encrypt = sealed(bomb, encoding_aes_key=AES_KEY, appid=APPID, random=b"r" * 16)
    body = json.dumps({"Encrypt": encrypt}).encode()
    answer = await post(listening, body, sealed_query(listening, encrypt))
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_that_was_sent_is_repeated(
    listening: World, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    marked = "marked-by-the-test"
    timestamp = str(listening.clock.now)
    query = {"signature": marked, "timestamp": timestamp, "nonce": marked, "echostr": marked}
    with caplog.at_level(logging.DEBUG, "bridge"):
        answer = await listening.browser.http.request(
            method, events_url(listening), params=query, content=marked
        )
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert marked not in answer.text
    assert marked not in caplog.text


async def test_too_many_parameters_are_refused(listening: World) -> None:
    query = {f"p{number}": "x" for number in range(101)}
    assert (await post(listening, b"<xml></xml>", query)).status_code == 403


async def test_no_id_and_no_secret_reaches_the_log(
    listening: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bridge"):
        await push(listening)
        await deliver_once(listening, replace(request(listening), body=b"<xml></xml>"))
        subscribe(listening, mode=PushMode.PLAIN)
        await push(listening, WITHDRAWN)
    assert "push.received" in caplog.text
    for secret in (openid(listening), TOKEN, AES_KEY):
        assert secret not in caplog.text


# While Token and key are replaced


async def test_the_former_token_and_key_are_good_until_they_are_taken_away(
    tmp_path: Path, clock: Clock
) -> None:
    both = {
        "BRIDGE_WECHAT_EVENTS_TOKEN": "replaced",
        "BRIDGE_WECHAT_FORMER_EVENTS_TOKEN": TOKEN,
        "BRIDGE_WECHAT_EVENTS_AES_KEY": OTHER_KEY,
        "BRIDGE_WECHAT_FORMER_EVENTS_AES_KEY": AES_KEY,
    }
    async with world(tmp_path, clock, Plan(settings=both)) as opened:
        await opened.register()
        for token, key in ((TOKEN, AES_KEY), ("replaced", OTHER_KEY)):
            await opened.answer()
            subscribe(opened, token=token, key=key)
            assert await opened.simulator.pushes.check_url(APPID)
            await push(opened)
            assert not await is_signed_in(opened)
            clock.wind(1)
    present = {name: value for name, value in both.items() if "FORMER" not in name}
    async with world(tmp_path, clock, Plan(settings=present)) as opened:
        subscribe(opened)
        assert not await opened.simulator.pushes.check_url(APPID)
        assert {answer.status for answer in await push(opened)} == {403}
