"""What is no answer, and what an errcode means."""

import gzip
import json

import pytest

from bridge.wechat import (
    Limits,
    WeChatApplication,
    WeChatCodeRejected,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from tests.wechat.exchanging import EXCHANGE, USERINFO, WITHOUT_PROFILE, refusal
from tests.wechat.hostile_wechat import (
    APPID,
    CODE,
    SECRET,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
    userinfo,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("answered", "text"),
    [
        (answer(b""), "not JSON"),
        (answer([token()]), "not JSON"),
        (answer(b"null"), "not JSON"),
        (answer(b"<!doctype html><title>Bad Gateway</title>"), "not JSON"),
        (answer(b"[" * 60_000), "not JSON"),
        (answer(json.dumps(token()).encode()[:-1]), "not JSON"),
        (answer(token(), status="500 Internal Server Error"), "HTTP status 500"),
        (answer(token(), status="404 Not Found"), "HTTP status 404"),
        (answer(token(), "Location: /elsewhere", status="302 Found"), "HTTP status 302"),
        (answer(b" " * 10_000_000), "too large"),
        (answer(gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip"), "too large"),
        (answer(b"no gzip", "Content-Encoding: gzip"), "ClientPayloadError"),
        (answer(b"", "Location: http://x:99999999/", status="302 Found"), "HTTP status 302"),
        (Answer(b"220 this is no HTTP\r\n\r\n", "close"), "ClientResponseError"),
        (Answer(answer(token()).raw[:-9], "close"), "ClientPayloadError"),
        (Answer(b"", "close"), "ClientConnectionError"),
        (Answer(b"", "reset"), "ClientConnectionError"),
    ],
)
async def test_what_is_no_answer_means_that_wechat_is_unavailable(
    answered: Answer, text: str
) -> None:
    """And nothing is sent again, for the code may have been used."""
    async with (
        hostile_wechat(answered, answer(token())) as hostile,
        client_of(hostile.origin, hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        with pytest.raises(WeChatUnavailable, match=text) as raised:
            await client.identify(CODE, lang="en")
    assert (raised.value.errcode, raised.value.call) == (None, EXCHANGE)
    assert hostile.paths == [EXCHANGE]


@pytest.mark.parametrize(
    ("errcode", "expected", "number"),
    [
        (40029, WeChatCodeRejected, 40029),
        ("40029", WeChatCodeRejected, 40029),
        (45009, WeChatLimited, 45009),
        ("45009", WeChatLimited, 45009),
        (True, WeChatUnavailable, None),
        (None, WeChatUnavailable, None),
        ("invalid code", WeChatUnavailable, None),
        (40029.5, WeChatUnavailable, None),
        ([40029], WeChatUnavailable, None),
        ("4" * 5_000, WeChatUnavailable, None),
        ({"a": {"b": [1]}}, WeChatUnavailable, None),
    ],
)
async def test_an_errcode_is_a_number_or_its_text(
    errcode: object, expected: type[WeChatError], number: int | None
) -> None:
    failure = await refusal(answer({"errcode": errcode, "errmsg": "invalid code, rid: x"}))
    assert type(failure) is expected
    assert failure.errcode == number


async def test_an_errmsg_need_not_be_text() -> None:
    failure = await refusal(answer({"errcode": 40029, "errmsg": ["rid: 6206378a"]}))
    assert str(failure) == "errcode 40029"


async def test_an_errcode_beside_an_openid_is_a_failure() -> None:
    failure = await refusal(answer(token(errcode=40029, errmsg="invalid code")))
    assert isinstance(failure, WeChatCodeRejected)


@pytest.mark.parametrize(
    ("errcode", "expected"),
    [
        (40001, WeChatCodeRejected),
        (40014, WeChatCodeRejected),
        (42001, WeChatCodeRejected),
        (40003, WeChatMisconfigured),
        (48001, WeChatMisconfigured),
        (45011, WeChatLimited),
    ],
)
async def test_a_profile_that_is_refused_is_judged_by_its_errcode(
    errcode: int, expected: type[WeChatError]
) -> None:
    """40001 is the AppSecret in the first call, and the access token in the second."""
    failure = await refusal(
        answer(token()),
        answer({"errcode": errcode, "errmsg": "no"}),
        application=WeChatApplication(appid=APPID, secret=SECRET),
    )
    assert type(failure) is expected
    assert failure.errcode == errcode


IN_WECHAT = WeChatApplication(appid=APPID, secret=SECRET, kind="official_account")
ON_A_PAGE = WeChatApplication(appid=APPID, secret=SECRET)
UNAUTHORIZED = {"errcode": 48001, "errmsg": "api unauthorized, rid: 6206378a-793424c0-2e4091cc"}


@pytest.mark.parametrize(
    ("application", "expected"),
    [(IN_WECHAT, WeChatSnapshotUser), (ON_A_PAGE, WeChatMisconfigured)],
)
async def test_within_wechat_a_profile_that_may_not_be_asked_for_is_a_virtual_accounts(
    application: WeChatApplication, expected: type[WeChatError]
) -> None:
    """https://developers.weixin.qq.com/community/develop/doc/0006eec7030d28b7656ea683e55400."""
    granted = answer(token(scope="snsapi_userinfo"))
    failure = await refusal(granted, answer(UNAUTHORIZED), application=application)
    assert type(failure) is expected
    assert str(failure) == "errcode 48001, rid 6206378a-793424c0-2e4091cc"
    assert (failure.errcode, failure.call) == (48001, USERINFO)


async def test_who_granted_less_than_was_asked_for_begins_again() -> None:
    """The scope is in an address that the person may change: without a unionid they are new."""
    failure = await refusal(answer(token(scope="snsapi_base")), application=IN_WECHAT)
    assert isinstance(failure, WeChatCodeRejected)


@pytest.mark.parametrize("scope", ["snsapi_login", "snsapi_base,snsapi_userinfo", None, "", 7])
async def test_a_profile_is_asked_for_unless_it_was_plainly_not_granted(scope: object) -> None:
    async with (
        hostile_wechat(answer(token(scope=scope)), answer(userinfo())) as hostile,
        client_of(hostile.origin, application=IN_WECHAT) as client,
    ):
        assert (await client.identify(CODE, lang="en")).nickname
    assert hostile.paths == [EXCHANGE, USERINFO]


@pytest.mark.parametrize(
    ("answers", "is_spent"),
    [
        ([answer({"errcode": 45011})], False),
        ([answer(b"no JSON")], False),
        ([answer(token()), answer({"errcode": 45011})], True),
        ([answer(token()), answer(b"no JSON")], True),
        ([answer(token()), Answer(b"", "wait")], True),
        ([answer(token(openid=None))], True),
    ],
)
async def test_a_refusal_knows_whether_the_code_is_spent(
    answers: list[Answer], *, is_spent: bool
) -> None:
    limits = Limits(connect=5, answer=5, total=0.3)
    async with (
        hostile_wechat(*answers) as hostile,
        client_of(hostile.origin, application=ON_A_PAGE, limits=limits) as client,
    ):
        with pytest.raises(WeChatError) as raised:
            await client.identify(CODE, lang="en")
    assert raised.value.is_spent == is_spent
