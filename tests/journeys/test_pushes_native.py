"""Who withdraws at WeChat from an app on their phone, or from a mini program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.exchanging import (
    APP,
    GAME,
    MINI_PROGRAM_CODE,
    PROGRAM,
    native_app,
    native_world,
    refused,
)
from tests.journeys.wechat_console import AES_KEY, TOKEN, push, subscribe
from tests.world import Clock, World, claims_of

pytestmark = pytest.mark.anyio

SETTINGS = {
    **{f"BRIDGE_WECHAT_{number}_EVENTS_TOKEN": TOKEN for number in (2, 3, 4)},
    **{f"BRIDGE_WECHAT_{number}_EVENTS_AES_KEY": AES_KEY for number in (2, 3, 4)},
}


@pytest.fixture
async def native(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with native_world(tmp_path, clock, SETTINGS) as opened:
        for appid in (APP, PROGRAM, GAME):
            subscribe(opened, appid)
        yield opened


async def test_an_app_that_somebody_withdrew_from_has_tokens_no_more(native: World) -> None:
    """They never had a browser here; what they have in another app stays."""
    app = await native_app(native)
    game = await native_app(native, client_id="game", wechat_applications=(GAME,))
    tokens = await app.sign_in()
    played = (await game.hand_in(game.code(appid=GAME))).json()
    (answer,) = await push(native, appid=APP)
    assert answer.is_success
    assert (await native.userinfo(tokens["access_token"])).status_code == 401
    assert refused(await app.refresh(tokens["refresh_token"]), "invalid_grant")
    assert (await game.refresh(played["refresh_token"])).status_code == 200
    again = await app.sign_in()
    assert claims_of(again["id_token"])["sub"] == claims_of(tokens["id_token"])["sub"]


@pytest.mark.parametrize(("withdrawn", "ends"), [("6", False), ("13", False), ("301", True)])
async def test_of_a_mini_program_people_withdraw_much_that_no_sign_in_takes(
    native: World, withdrawn: str, *, ends: bool
) -> None:
    """A nickname, a location: jscode2session told neither."""
    program = await native_app(native, wechat_applications=(PROGRAM,))
    code = program.code(appid=PROGRAM)
    tokens = (await program.hand_in(code, subject_token_type=MINI_PROGRAM_CODE)).json()
    (answer,) = await push(native, appid=PROGRAM, RevokeInfo=withdrawn)
    assert answer.is_success
    response = await program.refresh(tokens["refresh_token"])
    assert (response.status_code == 400) is ends
