"""The HTTP client: what it trusts, what it keeps to itself, and what it never writes down."""

import asyncio
import gzip
import logging
import logging.config
import ssl
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import trustme
from yarl import URL

from bridge.wechat import Limits, WeChatApplication, WeChatError, WeChatUnavailable
from bridge.wechat.http_client import HttpClient, open_http_client
from tests.wechat.hostile_wechat import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    OPENID,
    SECRET,
    SECRETS,
    UNIONID,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
    userinfo,
)

pytestmark = pytest.mark.anyio

WITHOUT_PROFILE = WeChatApplication(appid=APPID, secret=SECRET, wants_profile=False)


# Whom it trusts


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


def certified(authority: trustme.CA, folder: Path, name: str = "127.0.0.1") -> ssl.SSLContext:
    """A server's half of TLS, with a certificate for ``name``."""
    certificate = folder / "server.pem"
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_an_authority_of_the_operators_own_is_trusted(
    authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    async with (
        hostile_wechat(answer(token()), tls=certified(authority, tmp_path)) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE, ca_file=ca_file) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID


async def test_an_unknown_authority_is_not_and_learns_nothing(
    authority: trustme.CA, tmp_path: Path
) -> None:
    async with (
        hostile_wechat(answer(token()), tls=certified(authority, tmp_path)) as hostile,
        client_of(hostile.origin) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="CertificateError"):
            await client.identify(CODE, lang="en")
    assert hostile.requests == []


async def test_a_certificate_for_another_name_is_refused(
    authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    async with (
        hostile_wechat(
            answer(token()), tls=certified(authority, tmp_path, "wechat.example")
        ) as hostile,
        client_of(hostile.origin, ca_file=ca_file) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="CertificateError"):
            await client.identify(CODE, lang="en")
    assert hostile.requests == []


async def test_certificates_that_cannot_be_read_are_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "garbage.pem").write_text("no certificate")
    missing = open_http_client(Limits(), tmp_path / "missing.pem")
    garbage = open_http_client(Limits(), tmp_path / "garbage.pem")
    with pytest.raises(OSError, match="No such file"):
        await missing.__aenter__()
    with pytest.raises(ssl.SSLError):
        await garbage.__aenter__()


# What it does not take from its surroundings, nor carry from one person to the next


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
async def test_a_proxy_in_the_environment_is_not_used(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with hostile_wechat() as proxy, hostile_wechat(answer(token())) as hostile:
        monkeypatch.setenv(name, proxy.origin)
        async with client_of(hostile.origin, application=WITHOUT_PROFILE) as client:
            assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert proxy.connections == 0


async def test_certificates_in_the_environment_are_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    async with (
        hostile_wechat(answer(token())) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID


async def test_a_password_in_the_environment_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with (
        hostile_wechat(answer(token())) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        await client.identify(CODE, lang="en")
    assert "authorization:" not in hostile.requests[0].lower()


async def test_a_cookie_of_one_person_does_not_travel_with_another() -> None:
    given = "Set-Cookie: session=first; Path=/"
    answers = (
        answer(token(), given),
        answer(userinfo(), given),
        answer({"errcode": 40029}, given, status="200 OK"),
        answer(b"", given, status="500 Internal Server Error"),
        answer(token()),
    )
    async with (
        hostile_wechat(*answers) as hostile,
        # Of an address, a jar may take no cookies anyway.
        client_of(hostile.origin.replace("127.0.0.1", "localhost")) as client,
    ):
        await client.identify(CODE, lang="en")
        for _ in (1, 2, 3):
            with pytest.raises(WeChatError):
                await client.identify(CODE, lang="en")
    assert len(hostile.requests) == 6
    assert [head for head in hostile.requests if "cookie:" in head.lower()] == []


async def test_a_redirect_is_not_followed() -> None:
    async with hostile_wechat(answer(token())) as elsewhere:
        moved = answer(b"", f"Location: {elsewhere.origin}/sns", status="307 Temporary Redirect")
        async with hostile_wechat(moved) as hostile, client_of(hostile.origin) as client:
            with pytest.raises(WeChatUnavailable, match="HTTP status 307"):
                await client.identify(CODE, lang="en")
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "answered",
    [
        Answer(b"220 no HTTP\r\n\r\n", "close"),
        Answer(b"", "reset"),
        Answer(answer(b"half").raw[:-2], "reset"),
        answer(b"no gzip", "Content-Encoding: gzip"),
        answer(b"no Brotli", "Content-Encoding: br"),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", "close"),
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "close"),
    ],
)
async def test_whatever_fails_is_an_error_of_aiohttp(answered: Answer) -> None:
    async with (
        hostile_wechat(answered) as hostile,
        open_http_client(Limits(), None) as http,
    ):
        with pytest.raises(aiohttp.ClientError):
            await _read(http, hostile.origin)


async def test_what_is_unpacked_waits_until_it_is_read() -> None:
    """Ten kilobytes of it may be ten megabytes."""
    bomb = answer(gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip")
    async with (
        hostile_wechat(bomb) as hostile,
        open_http_client(Limits(), None) as http,
    ):
        pieces = await _read(http, hostile.origin)
    assert sum(pieces) == 10_000_000
    assert max(pieces) <= 262_144


async def _read(http: HttpClient, origin: str) -> list[int]:
    """The length of each piece."""
    async with http.get(URL(origin)) as response:
        return [len(piece) async for piece in response.content.iter_any()]


# What is never written down

ECHO = f"{SECRET} {CODE} {ACCESS_TOKEN} {OPENID} {UNIONID}"

FAILURES = {
    "no HTTP": [Answer(b"220 no HTTP\r\n\r\n", "close")],
    "a header that is none": [Answer(b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", "close")],
    "an endless header": [Answer(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "close")],
    "half an answer": [Answer(answer(token()).raw[:-9], "close")],
    "half a profile": [answer(token()), Answer(answer(userinfo()).raw[:-9], "close")],
    "reset": [Answer(b"", "reset")],
    "reset at the profile": [answer(token()), Answer(b"", "reset")],
    "silence": [Answer(b"", "wait")],
    "silence at the profile": [answer(token()), Answer(b"", "wait")],
    "a redirect": [answer(b"", f"Location: /{SECRET}", status="302 Found")],
    "a redirect to nowhere": [answer(b"", "Location: http://x:99999999/", status="302 Found")],
    "a cookie": [answer({"errcode": 40029}, f"Set-Cookie: a b={SECRET}; Domain=[")],
    "broken compression": [answer(ECHO.encode(), "Content-Encoding: gzip")],
    "no JSON": [answer(ECHO.encode())],
    "status 500": [answer(ECHO.encode(), status=f"500 {SECRET}")],
    "too large": [answer(ECHO.encode() * 1_000)],
    "an errmsg that repeats": [answer({"errcode": 40125, "errmsg": ECHO})],
    "an errcode that repeats": [answer({"errcode": ECHO, "errmsg": ECHO})],
    "no openid": [answer(token(openid=f"{OPENID}!"))],
    "no unionid": [answer(token(unionid=f"{UNIONID}!"))],
    "somebody else": [answer(token()), answer(userinfo(openid=f"{OPENID}x"))],
    "another unionid": [answer(token()), answer(userinfo(unionid=f"{UNIONID}x"))],
    "snapshot": [answer(token(is_snapshotuser=1))],
}


def all_that_it_says(error: BaseException | None, seen: frozenset[int] = frozenset()) -> str:
    """The text of an exception and of whatever hangs on it."""
    if error is None or id(error) in seen:
        return ""
    seen |= {id(error)}
    own = f"{error}\n{error!r}\n{error.args!r}\n{vars(error)!r}\n{getattr(error, '__notes__', '')}"
    chain = (all_that_it_says(linked, seen) for linked in (error.__cause__, error.__context__))
    return "\n".join([own, *chain])


def test_all_that_it_says_is_indeed_all() -> None:
    innermost, outer = ValueError("innermost"), KeyError("outer")
    innermost.request = "attribute"  # type: ignore[attr-defined]
    innermost.add_note("note")
    outer.__context__ = innermost
    said = all_that_it_says(outer)
    assert all(word in said for word in ("innermost", "outer", "attribute", "note"))


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.NOTSET + 1):
        yield caplog


@asynccontextmanager
async def in_debug_mode() -> AsyncGenerator[None]:
    """Of asyncio: it writes down each callback as slow."""
    loop = asyncio.get_running_loop()
    slow = loop.slow_callback_duration
    loop.set_debug(True)
    loop.slow_callback_duration = 0
    try:
        yield
    finally:
        loop.set_debug(False)
        loop.slow_callback_duration = slow


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_exception_and_no_log_holds_a_secret_a_code_a_token_or_an_id(
    failure: str, everything_logged: pytest.LogCaptureFixture
) -> None:
    async with in_debug_mode(), hostile_wechat(*FAILURES[failure]) as hostile:
        limits = Limits(connect=5, answer=0.1, total=5)
        async with client_of(hostile.origin, limits=limits) as client:
            with pytest.raises(WeChatError) as raised:
                await client.identify(CODE, lang="en")
    assert leaked(all_that_it_says(raised.value)) == []
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    # The server of this test and this client share the loop, and so the log.
    assert any(record.name == "asyncio" for record in everything_logged.records)
    assert leaked(everything_logged.text) == []


async def test_no_log_of_a_sign_in_that_succeeds_holds_one_either(
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    async with (
        in_debug_mode(),
        hostile_wechat(answer(token()), answer(userinfo())) as hostile,
        client_of(hostile.origin) as client,
    ):
        await client.identify(CODE, lang="en")
    assert any(record.name == "asyncio" for record in everything_logged.records)
    assert leaked(everything_logged.text) == []


async def test_an_exchange_that_runs_out_of_time_says_nothing_else(
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    async with (
        in_debug_mode(),
        hostile_wechat(Answer(b"", "wait")) as hostile,
        client_of(hostile.origin, limits=Limits(connect=5, answer=5, total=0.1)) as client,
    ):
        with pytest.raises(WeChatUnavailable) as raised:
            await client.identify(CODE, lang="en")
    assert all_that_it_says(raised.value).count("no answer in time") == 3
    assert raised.value.__context__ is None
    assert leaked(everything_logged.text) == []


TALKATIVE = ("aiohttp.client", "aiohttp.internal")


def by_dict_config() -> None:
    """As a server's default configuration does: what was disabled is enabled by it."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "loggers": {name: {"level": "DEBUG", "propagate": True} for name in TALKATIVE},
        }
    )


def by_hand() -> None:
    for logger in map(logging.getLogger, TALKATIVE):
        logger.disabled = False
        logger.propagate = True
        logger.setLevel(logging.DEBUG)


@pytest.fixture
def levels() -> Iterator[None]:
    former = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    for name, level in former.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("configure", [by_dict_config, by_hand])
async def test_a_configuration_of_the_logs_that_comes_later_brings_nothing_back(
    configure: Callable[[], None], everything_logged: pytest.LogCaptureFixture
) -> None:
    """Whatever the next version of aiohttp has to say."""
    async with open_http_client(Limits(), None):
        configure()
        for name in TALKATIVE:
            logging.getLogger(name).warning("connects to /?secret=%s", SECRET)
    logging.getLogger("tests").info("is captured")
    assert "is captured" in everything_logged.text
    assert leaked(everything_logged.text) == []
