"""What this provider asks WeChat."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.wechat.exchanging import EXCHANGE, USERINFO, WITHOUT_PROFILE
from tests.wechat.hostile_wechat import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    OPENID,
    SECRET,
    UNIONID,
    answer,
    client_of,
    hostile_wechat,
    token,
    userinfo,
)

pytestmark = pytest.mark.anyio


async def test_the_calls_are_those_of_the_documentation() -> None:
    async with (
        hostile_wechat(answer(token()), answer(userinfo())) as hostile,
        client_of(hostile.origin) as client,
    ):
        await client.identify(CODE, lang="zh_TW")
    targets = [urlsplit(head.split(" ")[1]) for head in hostile.requests]
    assert [target.path for target in targets] == [EXCHANGE, USERINFO]
    assert all(head.startswith("GET ") for head in hostile.requests)
    assert parse_qs(targets[0].query) == {
        "appid": [APPID],
        "secret": [SECRET],
        "code": [CODE],
        "grant_type": ["authorization_code"],
    }
    assert parse_qs(targets[1].query) == {
        "access_token": [ACCESS_TOKEN],
        "openid": [OPENID],
        "lang": ["zh_TW"],
    }


async def test_where_no_profile_is_wanted_one_call_is_enough() -> None:
    async with (
        hostile_wechat(answer(token(access_token=None))) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        identity = await client.identify(CODE, lang="en")
    assert hostile.paths == [EXCHANGE]
    assert (identity.openid, identity.unionid) == (OPENID, UNIONID)
    assert (identity.nickname, identity.picture) == (None, None)


async def test_a_code_cannot_add_a_parameter() -> None:
    async with (
        hostile_wechat(answer(token())) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        await client.identify("a&secret=b#c d", lang="en")
    sent = parse_qs(urlsplit(hostile.requests[0].split(" ")[1]).query)
    assert (sent["code"], sent["secret"]) == (["a&secret=b#c d"], [SECRET])
