"""What this provider reads in WeChat's answers."""

import gzip
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.wechat import (
    WeChatApplication,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from tests.wechat.exchanging import EXCHANGE, WITHOUT_PROFILE, nickname_in, refusal
from tests.wechat.hostile_wechat import (
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


async def test_json_in_utf_8_is_read_whatever_the_content_type_says() -> None:
    name = "Zoë 张伟 \N{GRINNING FACE}"
    body = json.dumps(userinfo(nickname=name), ensure_ascii=False).encode()
    assert await nickname_in(body) == name


async def test_control_characters_within_strings_are_read_and_left_out() -> None:
    body = json.dumps(userinfo(nickname="NAME")).encode().replace(b"NAME", b"a\x01\nb\x7f\tc")
    assert await nickname_in(body) == "a b c"


async def test_bytes_that_are_not_utf_8_are_shown_as_such() -> None:
    body = json.dumps(userinfo(nickname="NAME")).encode().replace(b"NAME", b"a\xff\xfeb\xf0\x9f")
    nickname = await nickname_in(body)
    assert nickname is not None
    assert nickname.replace("\N{REPLACEMENT CHARACTER}", "") == "ab"


async def test_half_a_surrogate_pair_is_no_character() -> None:
    body = json.dumps(userinfo(nickname="NAME")).encode().replace(b"NAME", rb"a\ud83db")
    assert await nickname_in(body) == "ab"


async def test_a_compressed_answer_is_read() -> None:
    compressed = answer(gzip.compress(json.dumps(token()).encode()), "Content-Encoding: gzip")
    async with (
        hostile_wechat(compressed) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID


@pytest.mark.parametrize("errcode", [0, "0"])
async def test_errcode_0_is_success(errcode: object) -> None:
    async with (
        hostile_wechat(answer(token(errcode=errcode, errmsg="ok"))) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID


async def test_ids_are_trimmed() -> None:
    exchanged = token(openid=f" {OPENID}", unionid=f"\t{UNIONID} ")
    async with (
        hostile_wechat(answer(exchanged), answer(userinfo(openid=f"{OPENID}\n"))) as hostile,
        client_of(hostile.origin) as client,
    ):
        identity = await client.identify(CODE, lang="en")
    assert (identity.openid, identity.unionid) == (OPENID, UNIONID)
    assert parse_qs(urlsplit(hostile.requests[1].split(" ")[1]).query)["openid"] == [OPENID]


@pytest.mark.parametrize(
    "value", ["", None, "o", "o" * 65, "o/../../etc", "o pen id", "oöüäöüäöüä", 42, ["o"], {}, True]
)
async def test_what_cannot_be_an_openid_is_none(value: object) -> None:
    failure = await refusal(answer(token(openid=value)))
    assert isinstance(failure, WeChatUnavailable)
    assert "openid" in str(failure)


@pytest.mark.parametrize("value", ["o", "o" * 65, "o'; DROP TABLE", 42, ["o"], False])
async def test_what_cannot_be_a_unionid_is_none(value: object) -> None:
    failure = await refusal(answer(token(unionid=value)))
    assert isinstance(failure, WeChatUnavailable)
    assert "unionid" in str(failure)


@pytest.mark.parametrize("value", ["", None])
async def test_an_empty_unionid_is_no_unionid(value: object) -> None:
    async with (
        hostile_wechat(answer(token(unionid=value))) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        assert (await client.identify(CODE, lang="en")).unionid is None


@pytest.mark.parametrize("where", ["token", "userinfo"])
async def test_a_unionid_in_one_of_the_two_answers_is_enough(where: str) -> None:
    exchanged = token(unionid=UNIONID if where == "token" else None)
    profile = userinfo(unionid=UNIONID if where == "userinfo" else None)
    async with (
        hostile_wechat(answer(exchanged), answer(profile)) as hostile,
        client_of(hostile.origin) as client,
    ):
        assert (await client.identify(CODE, lang="en")).unionid == UNIONID


@pytest.mark.parametrize("changed", [{"openid": "oSomebodyElse"}, {"unionid": "oSomebodyElse"}])
async def test_two_answers_about_different_people_are_about_nobody(
    changed: dict[str, str],
) -> None:
    failure = await refusal(
        answer(token()),
        answer(userinfo(**changed)),
        application=WeChatApplication(appid=APPID, secret=SECRET),
    )
    assert isinstance(failure, WeChatUnavailable)


@pytest.mark.parametrize("value", [1, "1", True, 2, "true", [0]])
async def test_what_does_not_plainly_deny_a_snapshot_user_means_one(value: object) -> None:
    assert isinstance(await refusal(answer(token(is_snapshotuser=value))), WeChatSnapshotUser)


@pytest.mark.parametrize("value", [0, "0", False, ""])
async def test_a_plain_no_is_no_snapshot_user(value: object) -> None:
    async with (
        hostile_wechat(answer(token(is_snapshotuser=value))) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID


@pytest.mark.parametrize("value", [None, "", 7, ["t"]])
async def test_without_an_access_token_nothing_more_is_asked(value: object) -> None:
    async with (
        hostile_wechat(answer(token(access_token=value))) as hostile,
        client_of(hostile.origin) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="access_token"):
            await client.identify(CODE, lang="en")
    assert hostile.paths == [EXCHANGE]
