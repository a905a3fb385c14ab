"""What this provider asks WeChat, and what it makes of the answers."""

import gzip
import json
import socket
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from bridge.wechat import (
    Timeouts,
    WeChatAppidRejected,
    WeChatApplication,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatHosts,
    WeChatMisconfigured,
    WeChatSecretRejected,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from bridge.wechat.simulator import faults
from tests.serving import bound, port_of
from tests.wechat.hostile_wechat import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    OPENID,
    PATIENT,
    SECRET,
    UNIONID,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
    userinfo,
)
from tests.wechat.simulated_wechat import ServedWeChat, served_wechat

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"

WITHOUT_PROFILE = WeChatApplication(appid=APPID, secret=SECRET, wants_profile=False)


@pytest.fixture
async def wechat() -> AsyncIterator[ServedWeChat]:
    async with served_wechat() as wechat:
        yield wechat


async def refusal(*answers: Answer, application: WeChatApplication | None = None) -> WeChatError:
    """What is raised when WeChat answers so."""
    async with (
        hostile_wechat(*answers) as hostile,
        client_of(hostile.origin, application=application or WITHOUT_PROFILE) as client,
    ):
        with pytest.raises(WeChatError) as raised:
            await client.identify(CODE, lang="en")
    return raised.value


async def nickname_in(body: bytes) -> str | None:
    async with (
        hostile_wechat(answer(token()), answer(body)) as hostile,
        client_of(hostile.origin) as client,
    ):
        return (await client.identify(CODE, lang="en")).nickname


# Where the person is sent


def authorization_url(callback_uri: str, wechat_state: str = "Az09") -> str:
    application = WeChatApplication(appid=APPID, secret=SECRET)
    client = WeChatClient(application, WeChatHosts(), httpx.AsyncClient(), 10)
    return client.authorization_url(callback_uri=callback_uri, wechat_state=wechat_state)


async def test_the_address_has_wechats_order_and_fragment() -> None:
    """https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html."""
    assert authorization_url("https://id.example.com/callback/wechat") == (
        "https://open.weixin.qq.com/connect/qrconnect"
        "?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fid.example.com%2Fcallback%2Fwechat"
        "&response_type=code"
        "&scope=snsapi_login"
        "&state=Az09"
        "#wechat_redirect"
    )


async def test_what_is_in_the_address_is_encoded_once() -> None:
    callback_uri = "https://id.example.com/a%20b c?x=1&y=é~"
    query = urlsplit(authorization_url(callback_uri)).query
    assert dict(parse_qsl(query))["redirect_uri"] == callback_uri
    assert "+" not in query


# Who came back, from a WeChat that does as documented


async def test_an_approved_code_tells_who_came(wechat: ServedWeChat) -> None:
    code, known = await wechat.code(), await wechat.tokens()
    async with client_of(wechat.origin) as client:
        identity = await client.identify(code, lang="zh_CN")
    assert (identity.openid, identity.unionid) == (known["openid"], known["unionid"])
    assert (identity.appid, identity.platform_account) == (APPID, "main")
    assert identity.nickname == "张伟"
    assert identity.picture is not None
    assert identity.picture.startswith("https://thirdwx.qlogo.cn/mmopen/")


async def test_of_a_person_without_unionid_and_picture_neither_is_told(
    wechat: ServedWeChat,
) -> None:
    async with client_of(wechat.origin) as client:
        unbound = await client.identify(await wechat.code("no-unionid"), lang="en")
        plain = await client.identify(await wechat.code("no-picture"), lang="en")
    assert unbound.unionid is None
    assert plain.picture is None


async def test_a_code_is_good_once(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    async with client_of(wechat.origin) as client:
        await client.identify(code, lang="en")
        with pytest.raises(WeChatCodeRejected) as raised:
            await client.identify(code, lang="en")
    assert raised.value.errcode == 40163


async def test_a_snapshot_user_is_nobody(wechat: ServedWeChat) -> None:
    async with client_of(wechat.origin) as client:
        with pytest.raises(WeChatSnapshotUser):
            await client.identify(await wechat.code("snapshot"), lang="en")


@pytest.mark.parametrize(
    ("appid", "secret", "expected"),
    [
        (APPID, SECRET, WeChatCodeRejected),
        (APPID, "f" * 32, WeChatSecretRejected),
        ("wx0000000000000000", SECRET, WeChatAppidRejected),
    ],
)
async def test_a_code_that_nobody_has_tells_whether_appid_and_secret_are_right(
    wechat: ServedWeChat, appid: str, secret: str, expected: type[WeChatError]
) -> None:
    application = WeChatApplication(appid=appid, secret=secret)
    async with client_of(wechat.origin, application=application) as client:
        with pytest.raises(expected):
            await client.probe()


@pytest.mark.parametrize("fault", [faults.control_characters(), faults.invalid_utf8()])
async def test_a_damaged_nickname_keeps_nobody_out(
    wechat: ServedWeChat, fault: faults.Fault
) -> None:
    wechat.simulator.faults.plan(USERINFO, fault)
    async with client_of(wechat.origin) as client:
        identity = await client.identify(await wechat.code(), lang="en")
    assert identity.nickname is not None
    assert identity.nickname.endswith("张伟")


# What is sent


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


# What is read


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


# What is no answer


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
        (answer(b"no gzip", "Content-Encoding: gzip"), "access_token: DecodingError"),
        (answer(b"", "Location: http://x:99999999/", status="302 Found"), "HTTP status 302"),
        (Answer(b"220 this is no HTTP\r\n\r\n", "close"), "access_token: ClientResponseError"),
        (Answer(answer(token()).raw[:-9], "close"), "access_token: ClientPayloadError"),
        (Answer(b"", "close"), "access_token: ClientConnectionError"),
        (Answer(b"", "reset"), "access_token: ClientConnectionError"),
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
    assert raised.value.errcode is None
    assert hostile.paths == [EXCHANGE]


@pytest.mark.parametrize(
    ("errcode", "expected", "number"),
    [
        (40029, WeChatCodeRejected, 40029),
        ("40029", WeChatCodeRejected, 40029),
        (-1, WeChatUnavailable, -1),
        ("-1", WeChatUnavailable, -1),
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
        (45011, WeChatUnavailable),
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


# Time, and other hosts


@pytest.mark.parametrize("answered", [Answer(b"", "wait"), Answer(b"HTTP/1.1 200 OK\r\n", "wait")])
async def test_an_answer_that_does_not_come_in_time_is_not_waited_for(answered: Answer) -> None:
    async with (
        hostile_wechat(answered, answer(token())) as hostile,
        client_of(
            hostile.origin, hostile.origin, timeouts=Timeouts(connect=5, answer=0.1, total=5)
        ) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="access_token: SocketTimeoutError"):
            await client.identify(CODE, lang="en")
    assert hostile.paths == [EXCHANGE]


async def test_the_total_time_is_that_of_both_calls() -> None:
    """Either answer alone would come in time."""
    slow = (answer(token(), after=0.25), answer(userinfo(), after=0.25))
    async with (
        hostile_wechat(*slow) as hostile,
        client_of(hostile.origin, timeouts=Timeouts(connect=5, answer=5, total=0.4)) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="no answer in time"):
            await client.identify(CODE, lang="en")


async def test_where_no_connection_comes_about_the_next_host_is_asked() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        refusing = f"http://127.0.0.1:{port_of(nobody)}"
        async with (
            hostile_wechat(answer(token()), answer(userinfo())) as hostile,
            client_of(refusing, hostile.origin) as client,
        ):
            assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert hostile.paths == [EXCHANGE, USERINFO]


async def test_a_host_that_lets_nobody_in_in_time_is_passed_over() -> None:
    """Its queue is full: a connection begins, and does not come about."""
    with bound() as full, socket.socket() as first, socket.socket() as second:
        full.listen(0)
        for caller in (first, second):
            caller.settimeout(0)
            caller.connect_ex(full.getsockname())
        async with (
            hostile_wechat(answer(token())) as hostile,
            client_of(
                f"http://127.0.0.1:{port_of(full)}",
                hostile.origin,
                application=WITHOUT_PROFILE,
                timeouts=Timeouts(connect=0.1, answer=5, total=5),
            ) as client,
        ):
            assert (await client.identify(CODE, lang="en")).openid == OPENID


async def test_where_no_host_can_be_reached_wechat_is_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        refusing = f"http://127.0.0.1:{port_of(nobody)}"
        async with client_of(refusing, refusing) as client:
            with pytest.raises(WeChatUnavailable, match="access_token: ClientConnectorError"):
                await client.identify(CODE, lang="en")


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_code_is_not_sent_again_when_a_kept_connection_breaks(then: str) -> None:
    """A client of HTTP may repeat a GET; a code is good for one exchange."""
    broken = Answer(b"", "close" if then == "close" else "reset")
    async with (
        hostile_wechat(answer(token()), broken, answer(token())) as hostile,
        client_of(hostile.origin, hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        await client.identify(CODE, lang="en")
        with pytest.raises(WeChatUnavailable):
            await client.identify(CODE, lang="en")
        assert (hostile.connections, len(hostile.requests)) == (1, 2)


async def test_a_profile_comes_over_the_connection_of_the_exchange() -> None:
    async with (
        hostile_wechat(answer(token()), answer(userinfo())) as hostile,
        client_of(hostile.origin, timeouts=PATIENT) as client,
    ):
        await client.identify(CODE, lang="en")
    assert hostile.connections == 1
