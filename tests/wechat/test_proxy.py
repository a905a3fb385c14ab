"""WeChat by the operator's proxy: what it is told, what it does not see, and whose fault it is."""

import logging
import ssl
from pathlib import Path

import pytest
import trustme

from bridge.wechat import (
    Proxy,
    WeChatApplication,
    WeChatProxyFailed,
    WeChatUnavailable,
    read_proxy,
)
from tests.serving import free_port
from tests.wechat.connect_proxy import PASSWORD, USER, basic, connect_proxy
from tests.wechat.hostile_wechat import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    OPENID,
    SECRET,
    answer,
    client_of,
    hostile_wechat,
    token,
)

pytestmark = pytest.mark.anyio

APPLICATION = WeChatApplication(appid=APPID, secret=SECRET, wants_profile=False)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """WeChat's half of TLS; its authority is in ca.pem."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy.internal:3128", Proxy("http://proxy.internal:3128")),
        ("http://proxy.internal:3128/", Proxy("http://proxy.internal:3128")),
        ("http://10.0.0.1:8080", Proxy("http://10.0.0.1:8080")),
        ("http://[fd00::1]:8080", Proxy("http://[fd00::1]:8080")),
        ("http://u:p@h:1", Proxy("http://h:1", "u", "p")),
        ("http://u@h:1", Proxy("http://h:1", "u")),
        ("http://u%40x:p%3A%2F%40@h:1", Proxy("http://h:1", "u@x", "p:/@")),
    ],
)
def test_a_proxys_address_is_read(text: str, proxy: Proxy) -> None:
    assert read_proxy(text) == proxy
    assert bool(proxy.headers) == (proxy.user is not None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x.internal:3128",
            "https://h:1",
            "socks5://h:1",
            "http://h",
            "http://h:0",
            "http://h:65536",
        ),
        *("http://h:1/path", "http://h:1?q", "http://H:1", "http://u:p:q@h:1", "http://:p@h:1"),
        *("http://u%3Ax:p@h:1", "http://u:p%0A@h:1", "http://u%00:p@h:1", "http://a@b@h:1"),
    ],
)
def test_what_is_no_proxys_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^no "):
        read_proxy(text)


def test_the_text_of_a_proxy_shows_no_password() -> None:
    assert "secret" not in repr(read_proxy("http://u:secret@h:1"))


async def test_a_proxy_connects_and_sees_nothing_of_what_is_said(
    tls: ssl.SSLContext, tmp_path: Path
) -> None:
    async with (
        connect_proxy() as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(
            *(wechat.origin,),
            application=APPLICATION,
            ca_file=tmp_path / "ca.pem",
            proxy=read_proxy(proxy.url),
        ) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID
    host = wechat.origin.removeprefix("https://")
    assert proxy.asked == [f"CONNECT {host} HTTP/1.1"]
    for secret in (CODE, SECRET, ACCESS_TOKEN, OPENID, APPID, "/sns/"):
        assert secret.encode() not in proxy.seen
    assert len(wechat.requests) == 1
    assert "proxy-" not in wechat.requests[0].lower()


async def test_a_proxy_that_wants_to_know_who_we_are_is_told(
    tls: ssl.SSLContext, tmp_path: Path
) -> None:
    async with (
        connect_proxy(wants=basic()) as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(
            *(wechat.origin,),
            application=APPLICATION,
            ca_file=tmp_path / "ca.pem",
            proxy=read_proxy(proxy.with_password()),
        ) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert "authorization:" not in wechat.requests[0].lower()


async def test_a_wechat_whose_certificate_is_not_trusted_is_no_fault_of_the_proxys(
    tls: ssl.SSLContext,
) -> None:
    """TLS is verified to its end; who opens it on the way is found out."""
    async with (
        connect_proxy() as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(wechat.origin, application=APPLICATION, proxy=read_proxy(proxy.url)) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="CertificateError") as failed:
            await client.identify(CODE, lang="en")
    assert not isinstance(failed.value, WeChatProxyFailed)
    assert wechat.requests == []


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", "another user or password: status 407"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "does not connect: status 403"),
        (b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "does not connect: status 502"),
        (b"HTTP/1.1 302 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "connect: status 302"),
    ],
)
async def test_what_a_proxy_refuses_is_its_own(
    tls: ssl.SSLContext, answers: bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        connect_proxy(answers=answers) as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(
            wechat.origin, application=APPLICATION, proxy=read_proxy(proxy.with_password())
        ) as client,
    ):
        with caplog.at_level(logging.DEBUG), pytest.raises(WeChatProxyFailed) as failed:
            await client.identify(CODE, lang="en")
    assert str(failed.value).endswith(told)
    assert failed.value.__cause__ is None
    for secret in (PASSWORD, USER + ":", basic().removeprefix("Basic "), SECRET):
        assert secret not in caplog.text
        assert secret not in str(failed.value)
    assert wechat.requests == []


async def test_a_proxy_that_cannot_be_reached_is_named_and_asked_once() -> None:
    proxy = Proxy(f"http://127.0.0.1:{free_port()}")
    hosts = ("https://127.0.0.1:9", "https://127.0.0.2:9")
    async with client_of(*hosts, application=APPLICATION, proxy=proxy) as client:
        with pytest.raises(WeChatProxyFailed, match="the proxy cannot be reached"):
            await client.identify(CODE, lang="en")
        assert client.api.hosts.order() == hosts


@pytest.mark.parametrize("answers", [b"", b"nonsense\r\n\r\n"])
async def test_a_proxy_that_breaks_off_sends_nobody_anywhere(
    tls: ssl.SSLContext, answers: bytes
) -> None:
    async with (
        connect_proxy(answers=answers) as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(wechat.origin, application=APPLICATION, proxy=read_proxy(proxy.url)) as client,
    ):
        with pytest.raises(WeChatUnavailable):
            await client.identify(CODE, lang="en")
    assert wechat.requests == []


async def test_where_the_proxy_does_not_reach_one_host_another_is_tried(
    tls: ssl.SSLContext, tmp_path: Path
) -> None:
    async with (
        connect_proxy() as proxy,
        hostile_wechat(answer(token()), tls=tls) as wechat,
        client_of(
            *(f"https://127.0.0.1:{free_port()}", wechat.origin),
            application=APPLICATION,
            ca_file=tmp_path / "ca.pem",
            proxy=read_proxy(proxy.url),
        ) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert len(proxy.asked) == 2


async def test_a_simulated_wechat_that_speaks_http_is_asked_by_it_too() -> None:
    async with (
        connect_proxy() as proxy,
        hostile_wechat(answer(token())) as wechat,
        client_of(wechat.origin, application=APPLICATION, proxy=read_proxy(proxy.url)) as client,
    ):
        assert (await client.identify(CODE, lang="en")).openid == OPENID
    assert [line.startswith(f"GET {wechat.origin}/sns/") for line in proxy.asked] == [True]
