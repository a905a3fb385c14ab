"""What is no answer, and what an errcode means."""

import gzip
import json

import pytest

from bridge.wechat import (
    WeChatApplication,
    WeChatCodeRejected,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from tests.wechat.exchanging import EXCHANGE, WITHOUT_PROFILE, refusal
from tests.wechat.hostile_wechat import (
    APPID,
    CODE,
    SECRET,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
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
        (answer(b"no gzip", "Content-Encoding: gzip"), "DecodingError"),
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
