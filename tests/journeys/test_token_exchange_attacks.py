"""Whoever has no code, somebody else's, or a good one a second time: what they are told, and get.

RFC 8693 §2.2.2, RFC 6749 §5.2 and §10.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.oidc.access_token import token_hash
from bridge.wechat.simulator.faults import errcode, http_status
from tests.journeys.exchanging import (
    APP,
    GAME,
    MINI_PROGRAM_CODE,
    MOBILE_CODE,
    PROGRAM,
    TOKEN_EXCHANGE,
    NativeApp,
    native_app,
    native_world,
    refused,
)
from tests.journeys.rows import rows_of
from tests.world import APPID, PERSON, Clock, World, claims_of

pytestmark = pytest.mark.anyio

ACCESS_TOKEN = "/sns/oauth2/access_token"
JSCODE2SESSION = "/sns/jscode2session"


@pytest.fixture
async def native(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with native_world(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
async def app(native: World) -> NativeApp:
    return await native_app(native)


# The code is somebody else's, or none


@pytest.mark.parametrize("appid", [APPID, GAME, PROGRAM])
async def test_a_code_of_another_application_is_of_no_use(app: NativeApp, appid: str) -> None:
    """A malicious app has its own users' codes: for its own AppID, whatever it calls itself."""
    before = rows_of(app.world)
    assert refused(await app.hand_in(app.code(appid=appid)), "invalid_request")
    assert rows_of(app.world) == before


async def test_a_code_for_a_browser_is_of_no_use_in_a_mini_program(native: World) -> None:
    """WeChat answers 40029."""
    program = await native_app(native, wechat_applications=(PROGRAM,))
    for appid in (APPID, APP):
        response = await program.hand_in(
            program.code(appid=appid), subject_token_type=MINI_PROGRAM_CODE
        )
        assert refused(response, "invalid_request")


async def test_an_application_that_is_not_the_clients_is_never_asked(app: NativeApp) -> None:
    """Another app's sign-in is no sign-in here, though the operator is the same."""
    code = app.code(appid=GAME)
    for kind in (MOBILE_CODE, MINI_PROGRAM_CODE):
        response = await app.hand_in(code, wechat_appid=GAME, subject_token_type=kind)
        assert refused(response, "invalid_request")
    game = await native_app(app.world, client_id="game", wechat_applications=(GAME,))
    assert (await game.hand_in(code)).status_code == 200  # nobody has spent it


async def test_an_application_for_browsers_is_never_asked(native: World) -> None:
    """Its codes are bound to a browser; here they would not be."""
    app = await native_app(native, wechat_applications=(APPID, APP))
    response = await app.hand_in(app.code(appid=APPID), wechat_appid=APPID)
    assert refused(response, "invalid_request")


async def test_a_token_or_an_openid_of_wechats_is_no_code(app: NativeApp) -> None:
    """Any application that the person uses has one."""
    for text in (f"87_{'a' * 86}", "oXw9O1VAL8x-zfWP2hrqW9c81234"):
        assert refused(await app.hand_in(text), "invalid_request")


async def test_a_code_that_is_too_old_is_of_no_use(app: NativeApp) -> None:
    code = app.code()
    app.world.clock.wind(300)
    assert refused(await app.hand_in(code), "invalid_request")


# A code a second time


async def test_an_answer_that_was_lost_is_given_again_with_tokens_of_its_own(
    app: NativeApp,
) -> None:
    code = app.code()
    first = (await app.hand_in(code)).json()
    app.world.clock.wind(59)
    second = (await app.hand_in(code, scope="openid")).json()
    assert second["scope"] == "openid"
    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    for name in ("sub", "sid", "auth_time"):
        assert after[name] == before[name]
    assert second["access_token"] != first["access_token"]
    for answer in (first, second):
        assert (await app.world.userinfo(answer["access_token"])).status_code == 200


async def test_later_the_same_code_is_of_no_use(app: NativeApp) -> None:
    code = app.code()
    first = (await app.hand_in(code)).json()
    app.world.clock.wind(60)
    assert refused(await app.hand_in(code), "invalid_request")
    assert (await app.world.userinfo(first["access_token"])).status_code == 200


async def test_another_client_gets_nothing_for_a_code_that_was_handed_in(app: NativeApp) -> None:
    """Though it may hand in codes of the same application."""
    other = await native_app(app.world, client_id="other")
    code = app.code()
    first = (await app.hand_in(code)).json()
    assert refused(await other.hand_in(code), "invalid_request")
    assert (await app.world.userinfo(first["access_token"])).status_code == 200


async def test_a_code_that_was_handed_in_is_of_no_use_by_another_application(
    native: World,
) -> None:
    """Though both are the client's: the answer is about the application that was named."""
    app = await native_app(native, wechat_applications=(APP, GAME))
    code = app.code()
    assert (await app.hand_in(code, wechat_appid=APP)).status_code == 200
    assert refused(await app.hand_in(code, wechat_appid=GAME), "invalid_request")


async def test_a_sign_in_that_has_ended_is_not_begun_again_by_its_code(app: NativeApp) -> None:
    code = app.code()
    sid = claims_of((await app.hand_in(code)).json()["id_token"])["sid"]
    assert await app.world.provider.store.end_session(sid, now=app.world.clock.now) is not None
    assert refused(await app.hand_in(code), "invalid_request")


async def test_who_is_taken_off_the_list_is_not_answered_again(app: NativeApp) -> None:
    code = app.code()
    assert (await app.hand_in(code)).status_code == 200
    await app.world.provider.store.change_client(
        "app", lambda client: replace(client, access=("somebody",))
    )
    assert refused(await app.hand_in(code), "access_denied")


async def test_two_at_once_are_one_sign_in_and_wechat_is_asked_once(app: NativeApp) -> None:
    code = app.code()
    both = await asyncio.gather(app.hand_in(code), app.hand_in(code))
    assert [response.status_code for response in both] == [200, 200]
    first, second = (claims_of(response.json()["id_token"]) for response in both)
    assert (first["sub"], first["sid"]) == (second["sub"], second["sid"])


async def test_a_code_that_a_busy_wechat_has_used_up_is_told_as_such(app: NativeApp) -> None:
    """-1, and then 40163 for the second try: the app needs another code."""
    app.world.simulator.faults.plan(ACCESS_TOKEN, errcode(-1, carried_out=True))
    before = rows_of(app.world)
    assert refused(await app.hand_in(app.code()), "invalid_request")
    assert rows_of(app.world) == before


# The client may not


@pytest.mark.parametrize(
    "members",
    [
        {"grant_types": ("authorization_code",)},
        {"wechat_applications": None},
        {"wechat_applications": ()},
        {"consent": "remember"},
        {"consent": "always"},
        {"is_self_registered": True},
    ],
    ids=str,
)
async def test_a_client_that_was_not_let_is_told_so(native: World, members: dict[str, Any]) -> None:
    """§2.2.2, RFC 6749 §5.2; WeChat is not asked, so the code is as good as before."""
    app = await native_app(native, client_id="let")
    other = await native_app(native, **members)
    code = app.code()
    assert refused(await other.hand_in(code), "unauthorized_client")
    assert (await app.hand_in(code)).status_code == 200


async def test_an_unknown_client_is_told_nothing_else(app: NativeApp) -> None:
    response = await app.hand_in(app.code(), client_id="unknown", subject_token_type="?")
    assert refused(response, "invalid_client", 401)


@pytest.mark.parametrize("name", ["subject_token", "subject_token_type"])
async def test_what_is_missing_is_named(app: NativeApp, name: str) -> None:
    response = await app.hand_in(app.code(), **{name: None})
    assert refused(response, "invalid_request")
    assert response.json()["error_description"] == f"{name} is missing"


@pytest.mark.parametrize("name", ["subject_token", "wechat_appid", "scope", "nonce"])
async def test_what_is_repeated_is_named(app: NativeApp, name: str) -> None:
    """RFC 6749 §3.2."""
    sent = f"grant_type={TOKEN_EXCHANGE}&client_id=app&{name}=a&{name}=b"
    response = await app.world.browser.http.post(
        f"{app.world.bridge_url}/token",
        content=sent,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert refused(response, "invalid_request")
    assert response.json()["error_description"] == f"{name} is repeated"


async def test_what_was_withdrawn_while_wechat_was_asked_is_not_given(app: NativeApp) -> None:
    store, before = app.world.provider.store, rows_of(app.world)

    async def withdraw() -> None:
        await store.change_client("app", lambda client: replace(client, grant_types=()))

    app.world.while_at_wechat[ACCESS_TOKEN] = withdraw
    assert refused(await app.hand_in(app.code()), "unauthorized_client")
    assert rows_of(app.world) == before


async def test_a_client_that_was_removed_while_wechat_was_asked_gets_nothing(
    app: NativeApp,
) -> None:
    store, before = app.world.provider.store, rows_of(app.world)

    async def remove() -> None:
        await store.remove_client("app")

    app.world.while_at_wechat[ACCESS_TOKEN] = remove
    assert refused(await app.hand_in(app.code()), "invalid_client", 401)
    assert rows_of(app.world) == before | {"clients": before["clients"] - 1}


# The person may not


async def test_who_is_not_on_the_list_is_told_apart_from_a_code_of_no_use(native: World) -> None:
    """RFC 8628 §7.3; an app that took both for one would ask for codes for ever."""
    app = await native_app(native, access=("somebody",))
    before = rows_of(native)
    response = await app.hand_in(app.code())
    assert refused(response, "access_denied")
    assert response.json()["error_description"] == "the person may not use this client"
    assert rows_of(native) == before | {"audit": before["audit"] + 1}


async def test_who_is_kept_out_by_the_operator_is_signed_in_by_no_code(app: NativeApp) -> None:
    store, code = app.world.provider.store, app.code()
    answer = (await app.hand_in(code)).json()
    granted = await store.find_access_grant(
        token_hash(answer["access_token"]), now=app.world.clock.now
    )
    assert granted is not None
    account_id = granted.session.account.account_id
    await store.disable_account(account_id, audit_id="audit", now=app.world.clock.now)
    before = rows_of(app.world)
    assert refused(await app.hand_in(app.code()), "access_denied")
    assert refused(await app.hand_in(code), "invalid_request")
    assert refused(await app.refresh(answer["refresh_token"]), "invalid_grant")
    assert rows_of(app.world) == before | {"audit": before["audit"] + 1}


async def test_a_person_without_unionid_is_the_operators_to_see_to(
    tmp_path: Path, clock: Clock
) -> None:
    """Where the setting ``subject`` requires one."""
    async with native_world(tmp_path, clock, {"BRIDGE_SUBJECT": "unionid"}) as native:
        app = await native_app(native)
        before = rows_of(native)
        assert refused(await app.hand_in(app.code("no-unionid")), "server_error", 500)
        assert rows_of(native) == before


async def test_a_virtual_account_is_never_signed_in(app: NativeApp) -> None:
    code = app.world.simulator.grants.issue_code(
        appid=APP,
        person=PERSON,
        scope="snsapi_userinfo",
        now=app.world.clock.now,
        is_snapshotuser=True,
    )
    before = rows_of(app.world)
    assert refused(await app.hand_in(code), "access_denied")
    assert rows_of(app.world) == before | {"audit": before["audit"] + 1}


async def test_a_unionid_that_strangers_share_signs_nobody_in(app: NativeApp) -> None:
    """Two openids of one application under one unionid."""
    first = claims_of((await app.sign_in("zhang-wei"))["id_token"])
    app.world.simulator.people.change_unionid("no-picture", first["wechat_unionid"])
    response = await app.hand_in(app.code("no-picture"))
    assert refused(response, "access_denied")


# WeChat does not say


@pytest.mark.parametrize(
    ("number", "error", "status"),
    [
        (40029, "invalid_request", 400),
        (40163, "invalid_request", 400),
        (42003, "invalid_request", 400),
        (40226, "access_denied", 400),
        (50002, "access_denied", 400),
        (40125, "server_error", 500),
        (40013, "server_error", 500),
        (-1, "temporarily_unavailable", 503),
        (45011, "temporarily_unavailable", 503),
    ],
)
@pytest.mark.parametrize("path", [ACCESS_TOKEN, JSCODE2SESSION])
async def test_each_refusal_of_wechats_has_its_error(
    native: World, path: str, number: int, error: str, status: int
) -> None:
    appid, kind = {
        ACCESS_TOKEN: (APP, MOBILE_CODE),
        JSCODE2SESSION: (PROGRAM, MINI_PROGRAM_CODE),
    }[path]
    app = await native_app(native, wechat_applications=(appid,))
    native.simulator.faults.keep(path, errcode(number))
    before = rows_of(native)
    response = await app.hand_in(app.code(appid=appid), subject_token_type=kind)
    assert refused(response, error, status)
    assert ("retry-after" in response.headers) is (status == 503)
    assert rows_of(native) == before


async def test_a_mess_is_temporary(app: NativeApp) -> None:
    app.world.simulator.faults.plan(ACCESS_TOKEN, http_status(500))
    assert refused(await app.hand_in(app.code()), "temporarily_unavailable", 503)


# What is seen


async def test_nothing_that_is_secret_is_logged(
    native: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Codes, tokens, WeChat's ids, and the session_key least of all."""
    caplog.set_level(logging.DEBUG)
    app = await native_app(native, wechat_applications=(APP, PROGRAM))
    secrets: list[str] = []
    for appid, kind in ((APP, MOBILE_CODE), (PROGRAM, MINI_PROGRAM_CODE)):
        code = app.code(appid=appid)
        answer = (await app.hand_in(code, subject_token_type=kind)).json()
        claims = claims_of(answer["id_token"])
        secrets += [code, answer["access_token"], answer["refresh_token"]]
        secrets += [claims["wechat_openid"], claims["wechat_unionid"]]
        await app.hand_in(code, subject_token_type=kind)
        native.clock.wind(61)
        await app.hand_in(code, subject_token_type=kind)
    ours = [line for line in caplog.records if line.name.partition(".")[0] == "bridge"]
    logged = "\n".join(line.getMessage() for line in ours)
    assert "sign_in.completed client_id=app" in logged
    assert [secret for secret in [*secrets, "session_key"] if secret in logged] == []


async def test_scripts_of_other_origins_read_no_answer_of_an_app(app: NativeApp) -> None:
    """An app has no redirect URIs, so no origin; errors are for all to read, as ever."""
    url, origin = f"{app.world.bridge_url}/token", {"Origin": "https://evil.example"}
    form = {
        "grant_type": TOKEN_EXCHANGE,
        "client_id": "app",
        "subject_token": app.code(),
        "subject_token_type": MOBILE_CODE,
    }
    given = await app.world.browser.http.post(url, data=form, headers=origin)
    assert given.status_code == 200
    assert "access-control-allow-origin" not in given.headers
