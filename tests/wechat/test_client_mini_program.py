"""The code of a mini program (小程序), which has a call of its own.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
(as of 2026-11)
"""

import json

import pytest

from bridge.wechat import (
    WeChatApplication,
    WeChatCodeRejected,
    WeChatIdentity,
    WeChatLimited,
)
from bridge.wechat.answers import read_answer
from tests.wechat.exchanging import refusal
from tests.wechat.hostile_wechat import APPID, CODE, SECRET, answer, client_of, hostile_wechat

pytestmark = pytest.mark.anyio

MINI_PROGRAM = WeChatApplication(appid=APPID, secret=SECRET, kind="mini_program")

SESSION = {
    "openid": "oMini-program_28characters00",
    "unionid": "oUnion-id_of_28_characters00",
    "session_key": "tiihtNczf5v6AKRyjwEUhQ==",
}


async def test_it_is_asked_once_by_its_own_name_and_no_profile_after_it() -> None:
    """WeChat tells a mini program no profile, as of 2022-10-25."""
    async with (
        hostile_wechat(answer(json.dumps(SESSION).encode())) as hostile,
        client_of(hostile.origin, application=MINI_PROGRAM) as client,
    ):
        identity = await client.identify(CODE, lang="en")
    assert identity == WeChatIdentity(
        appid=APPID,
        platform_account="main",
        openid=SESSION["openid"],
        unionid=SESSION["unionid"],
    )
    (request,) = hostile.requests
    path, _, query = request.split(" ")[1].partition("?")
    assert path == "/sns/jscode2session"
    assert sorted(query.split("&")) == sorted(
        [
            f"appid={APPID}",
            f"secret={SECRET}",
            f"js_code={CODE}",
            "grant_type=authorization_code",
        ]
    )


def test_the_session_key_goes_no_further_than_the_reader() -> None:
    """It must not leave the server: it decrypts what WeChat tells of the person."""
    assert read_answer(json.dumps(SESSION).encode()).keys() == {"openid", "unionid"}


async def test_one_person_who_comes_too_often_shuts_nobody_else_out() -> None:
    """100 calls of a minute may be about one person, who can bring as many codes as they like."""
    async with (
        hostile_wechat(
            answer(b'{"errcode":45011,"errmsg":"api minute-quota reach limit"}'),
            answer(json.dumps(SESSION).encode()),
        ) as hostile,
        client_of(hostile.origin, application=MINI_PROGRAM) as client,
    ):
        with pytest.raises(WeChatLimited):
            await client.identify(CODE, lang="en")
        assert (await client.identify(CODE, lang="en")).openid == SESSION["openid"]


async def test_a_code_for_a_browser_is_rejected_as_any_other() -> None:
    failure = await refusal(
        answer(b'{"errcode":40029,"errmsg":"invalid code"}'), application=MINI_PROGRAM
    )
    assert isinstance(failure, WeChatCodeRejected)
