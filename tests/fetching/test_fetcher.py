"""The fetcher over real sockets: what it sends, what it takes, and whom it does not reach."""

import asyncio
import gzip
import logging
from collections.abc import Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.fetching import FetchFailed, Reach, open_fetcher
from bridge.fetching.addresses import Allowed
from bridge.fetching.lookup import CheckedResolver
from tests.fetching.strangers import LOOPBACK, Authority, Names, fetching, stranger
from tests.serving import bound, port_of, served
from tests.telemetry.lines import written
from tests.wechat.hostile_wechat import Answer, answer, hostile_wechat
from tests.world import Clock

pytestmark = pytest.mark.anyio

BODY = b'{"keys": []}'


async def reason(authority: Authority, url: str, allowed: Sequence[str] = LOOPBACK) -> str:
    """Why a URL is not fetched."""
    async with fetching(authority, allowed) as fetcher:
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(url, client_id="rp")
    return str(failed.value)


# What it sends and takes


async def test_a_get_sends_nothing_of_ours(authority: Authority) -> None:
    async with stranger(authority, answer(BODY)) as server, fetching(authority) as fetcher:
        assert await fetcher.get(f"{server.origin}/jwks?a=b%2Fc#d", client_id="rp") == BODY
    (head,) = server.requests
    lines = head.strip().split("\r\n")
    assert lines[0] == "GET /jwks?a=b%2Fc HTTP/1.1"
    assert sorted(lines[1:]) == [
        "Accept-Encoding: identity",
        "Accept: */*",
        "Connection: close",
        f"Host: {server.origin.removeprefix('https://')}",
        "User-Agent: wechat-oidc-bridge",
    ]


async def test_a_form_is_posted_and_the_status_comes_back(authority: Authority) -> None:
    received: list[str] = []

    async def told(request: Request) -> Response:
        received.append((await request.body()).decode())
        return Response("no", status_code=400)

    app = Starlette(routes=[Route("/logout", told, methods=["POST"])])
    with bound() as listener:
        certificate = authority.folder / "server.pem"
        async with (
            served((app, listener), ssl_certfile=certificate),
            fetching(authority) as fetcher,
        ):
            url = f"https://127.0.0.1:{port_of(listener)}/logout"
            for _ in (1, 2):
                status = await fetcher.post_form(url, {"logout_token": "a+b c"}, client_id="rp")
                assert status == 400
    assert received == ["logout_token=a%2Bb+c"] * 2


async def test_a_post_is_not_redirected(authority: Authority) -> None:
    moved = answer(b"", "Location: https://rp.example.com/", status="307 Temporary Redirect")
    async with stranger(authority, moved) as server, fetching(authority) as fetcher:
        assert await fetcher.post_form(server.origin, {"a": "b"}, client_id="rp") == 307
        assert server.connections == 1


async def test_no_cookie_is_kept(authority: Authority) -> None:
    given = "Set-Cookie: session=first; Path=/"
    async with (
        stranger(authority, answer(BODY, given), answer(BODY)) as server,
        fetching(authority) as fetcher,
    ):
        for path in ("/a", "/b"):
            await fetcher.get(f"{server.origin}{path}", client_id="rp")
    assert len(server.requests) == 2
    assert "cookie" not in server.requests[1].lower()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (answer(BODY, status="404 Not Found"), "status 404"),
        (answer(BODY, status="201 Created"), "status 201"),
        (answer(BODY, status="500 Oh"), "status 500"),
        (answer(b"", "Location: https://127.0.0.1/", status="302 Found"), "a redirect"),
        (answer(b"", "Location: http://10.0.0.1/", status="307 Temporary"), "a redirect"),
        (answer(b"x" * 65_537), "too large an answer"),
        (
            Answer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65_537, "close"),
            "too large an answer",
        ),
        (
            answer(gzip.compress(b"0" * 10_000_000), "Content-Encoding: gzip"),
            "a compressed answer",
        ),
        (answer(b"x", "Content-Encoding: br"), "a compressed answer"),
        (
            Answer(b"220 no HTTP\r\n\r\n", "close"),
            "the connection broke, or the answer is no HTTP",
        ),
        (Answer(b"", "reset"), "the connection broke, or the answer is no HTTP"),
        (
            Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "close"),
            "the connection broke, or the answer is no HTTP",
        ),
        (
            Answer(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "close"),
            "the connection broke, or the answer is no HTTP",
        ),
    ],
)
async def test_what_is_no_good_answer_is_a_failure_with_a_reason(
    authority: Authority, told: Answer, reason: str
) -> None:
    async with stranger(authority, told, told) as server, fetching(authority) as fetcher:
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(f"{server.origin}/jwks", client_id="rp")
        assert server.connections == 1
    assert str(failed.value) == reason
    assert failed.value.__context__ is None


async def test_64_kilobytes_are_taken(authority: Authority) -> None:
    async with (
        stranger(authority, answer(b"x" * 65_536)) as server,
        fetching(authority) as fetcher,
    ):
        assert len(await fetcher.get(server.origin, client_id="rp")) == 65_536


async def test_a_server_that_dawdles_is_left_at_the_deadline(authority: Authority) -> None:
    """The deadline is for all of it: a byte now and then does not put it off."""
    slow = Answer(b"HTTP/1.1 200 OK\r\n", "wait")
    async with (
        stranger(authority, slow) as server,
        fetching(authority, deadline=0.1) as fetcher,
    ):
        with pytest.raises(FetchFailed, match="no answer in time"):
            await fetcher.get(server.origin, client_id="rp")


async def test_a_name_server_that_dawdles_is_left_at_the_deadline(authority: Authority) -> None:
    async def never(_host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async with fetching(authority, deadline=0.05, lookup=never) as fetcher:
        with pytest.raises(FetchFailed, match="no answer in time"):
            await fetcher.get("https://rp.example.com/", client_id="rp")


# Whom it trusts


async def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    async with stranger(authority, answer(BODY), certificate="other.pem") as server:
        assert await reason(authority, server.origin) == "the certificate is not trusted"
    assert server.requests == []


async def test_an_unknown_authority_is_refused(authority: Authority) -> None:
    reach = Reach.read(LOOPBACK, ca_file=None)
    async with stranger(authority, answer(BODY)) as server, open_fetcher(reach, now=Clock()) as it:
        with pytest.raises(FetchFailed, match="the certificate is not trusted"):
            await it.get(server.origin, client_id="rp")
    assert server.requests == []


async def test_what_does_not_speak_tls_is_refused(authority: Authority) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 good day\r\n")
        writer.close()

    with bound() as listener:
        async with await asyncio.start_server(greet, sock=listener):
            url = f"https://127.0.0.1:{port_of(listener)}/"
            assert await reason(authority, url) == "TLS failed"
            assert await reason(authority, url.replace("https", "http")) == "not https"


async def test_nobody_there_is_a_failure(authority: Authority) -> None:
    with bound() as listener:
        url = f"https://127.0.0.1:{port_of(listener)}/"
    assert await reason(authority, url) == "no connection"


# Whom it does not reach


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "::1", "169.254.169.254", "100.100.100.200", "10.0.0.1", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%lo", "0.0.0.0", "ff02::1", "not an address"),  # noqa: S104
    ],
)
async def test_a_name_that_leads_inside_is_refused(authority: Authority, address: str) -> None:
    async with fetching(authority, (), lookup=Names([[address]])) as fetcher:
        with pytest.raises(FetchFailed, match="the address is not public"):
            await fetcher.get("https://rp.example.com/", client_id="rp")
        with pytest.raises(FetchFailed, match="the address is not public"):
            await fetcher.post_form("https://rp.example.com/", {}, client_id="rp")


async def test_localhost_is_refused_whoever_listens(authority: Authority) -> None:
    async with stranger(authority, answer(BODY)) as server:
        for host in ("localhost", "LOCALHOST", "127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1"):
            url = server.origin.replace("127.0.0.1", host)
            assert await reason(authority, url, ()) in {
                "the address is not public",
                "not a host name",
            }
    assert server.connections == 0


async def test_a_name_is_looked_up_once_and_that_answer_is_connected_to(
    authority: Authority,
) -> None:
    """DNS rebinding: what the name server says after the check is never asked for.

    127.0.0.1 stands for the public address here, and ::1 for the inside.
    """
    names = Names([["127.0.0.1"], ["::1"]])
    async with (
        stranger(authority, answer(BODY)) as server,
        fetching(authority, ("127.0.0.1",), lookup=names) as fetcher,
    ):
        url = server.origin.replace("127.0.0.1", "rp.example.com")
        assert await fetcher.get(url, client_id="rp") == BODY
        assert names.asked == ["rp.example.com"]
        with pytest.raises(FetchFailed, match="the address is not public"):
            await fetcher.post_form(url, {}, client_id="rp")
    assert names.asked == ["rp.example.com"] * 2
    assert server.connections == 1


async def test_of_several_addresses_only_those_that_pass_are_tried() -> None:
    resolver = CheckedResolver(
        Names([["::1", "127.0.0.1", "10.0.0.1", "::ffff:8.8.8.8"]]), Allowed.read(["127.0.0.1"])
    )
    passing = [(each["host"], each["port"]) for each in await resolver.resolve("a.example", 443)]
    assert passing == [("127.0.0.1", 443), ("8.8.8.8", 443)]


async def test_a_name_that_the_operator_allows_may_lead_anywhere(authority: Authority) -> None:
    async with (
        stranger(authority, answer(BODY), answer(BODY)) as server,
        fetching(authority, ("localhost",)) as fetcher,
    ):
        url = server.origin.replace("127.0.0.1", "LocalHost")
        assert await fetcher.get(url, client_id="rp") == BODY
        with pytest.raises(FetchFailed, match="the address is not public"):
            await fetcher.get(server.origin, client_id="rp")


async def test_a_name_that_nobody_knows_is_a_failure(authority: Authority) -> None:
    async def nothing(_host: str) -> Sequence[str]:
        raise OSError("Name or service not known")

    async with fetching(authority, lookup=nothing) as fetcher:
        with pytest.raises(FetchFailed, match="the host name is not known"):
            await fetcher.get("https://rp.example.com/", client_id="rp")
    with pytest.raises(FetchFailed, match="the host name is not known"):
        async with fetching(authority) as fetcher:
            await fetcher.get("https://nowhere.invalid/", client_id="rp")


async def test_whatever_goes_wrong_is_a_failure_without_its_text(authority: Authority) -> None:
    async def broken(host: str) -> Sequence[str]:
        raise RuntimeError(host)

    async with fetching(authority, lookup=broken) as fetcher:
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get("https://rp.example.com/", client_id="rp")
    assert str(failed.value) == "an unforeseen RuntimeError"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_in_the_environment_is_not_used(
    authority: Authority, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with hostile_wechat() as proxy, stranger(authority, answer(BODY)) as server:
        monkeypatch.setenv(name, proxy.origin)
        async with fetching(authority) as fetcher:
            assert await fetcher.get(server.origin, client_id="rp") == BODY
    assert proxy.connections == 0


# How often it asks


async def test_who_does_not_care_why_is_told_nothing(authority: Authority) -> None:
    async with stranger(authority, answer(BODY)) as server, fetching(authority) as fetcher:
        assert await fetcher.attempt(server.origin, client_id="rp") == BODY
        assert await fetcher.attempt("https://10.0.0.1/", client_id="rp", fresh=True) is None


async def test_an_answer_is_kept_and_asked_for_again_when_it_is_old(authority: Authority) -> None:
    clock = Clock()
    told = answer(BODY, "Cache-Control: max-age=100")
    async with (
        stranger(authority, told, told, told) as server,
        fetching(authority, clock=clock) as fetcher,
    ):
        for seconds, connections in ((0, 1), (99, 1), (1, 2)):
            clock.wind(seconds)
            assert await fetcher.get(server.origin, client_id="rp") == BODY
            assert server.connections == connections
        await fetcher.get(server.origin, client_id="another")
        assert server.connections == 3


async def test_who_wants_it_fresh_is_not_obeyed_all_the_time(authority: Authority) -> None:
    """A client that has just changed its keys is, and one who makes us ask is not."""
    clock = Clock()
    async with (
        stranger(authority, answer(b"1"), answer(b"2"), answer(b"3")) as server,
        fetching(authority, clock=clock) as fetcher,
    ):
        assert await fetcher.get(server.origin, client_id="rp") == b"1"
        for _ in range(20):
            assert await fetcher.get(server.origin, client_id="rp", fresh=True) == b"2"
        clock.wind(10)
        assert await fetcher.get(server.origin, client_id="rp", fresh=True) == b"3"
        assert await fetcher.get(server.origin, client_id="rp") == b"3"


async def test_a_url_that_fails_is_not_hammered(authority: Authority) -> None:
    clock = Clock()
    bad = answer(b"", status="500 Oh")
    async with (
        stranger(authority, bad, bad) as server,
        fetching(authority, clock=clock) as fetcher,
    ):
        for _ in range(5):
            with pytest.raises(FetchFailed, match="status 500"):
                await fetcher.get(server.origin, client_id="rp", fresh=True)
        assert server.connections == 1
        clock.wind(10)
        with pytest.raises(FetchFailed, match="status 500"):
            await fetcher.get(server.origin, client_id="rp")
        assert server.connections == 2


async def test_twenty_who_want_the_same_are_one_fetch(authority: Authority) -> None:
    async with (
        stranger(authority, answer(BODY, after=0.05)) as server,
        fetching(authority) as fetcher,
    ):
        wanted = [fetcher.get(server.origin, client_id="rp") for _ in range(20)]
        impatient = asyncio.create_task(fetcher.get(server.origin, client_id="rp"))
        everybody = asyncio.gather(*wanted)
        await asyncio.sleep(0)
        impatient.cancel()
        assert await everybody == [BODY] * 20
        assert server.connections == 1


async def test_a_client_has_two_fetches_at_once_and_does_not_hold_up_another(
    authority: Authority,
) -> None:
    asked: list[str] = []
    two, another, gate = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(host: str) -> Sequence[str]:
        asked.append(host)
        if len(asked) == 2:
            two.set()
        if host == "another.example":
            another.set()
        await gate.wait()
        return ()

    async with fetching(authority, lookup=slow) as fetcher:
        five = [fetcher.get(f"https://rp{n}.example/", client_id="rp") for n in range(5)]
        everybody = asyncio.gather(
            *five,
            fetcher.post_form("https://rp5.example/", {}, client_id="rp"),
            return_exceptions=True,
        )
        await two.wait()
        hers = asyncio.create_task(fetcher.get("https://another.example/", client_id="another"))
        await another.wait()
        assert len(asked) == 3
        gate.set()
        assert len([failed for failed in await everybody if isinstance(failed, FetchFailed)]) == 6
        with pytest.raises(FetchFailed):
            await hers
    assert len(asked) == 7


async def test_who_waits_for_a_turn_waits_within_the_deadline(authority: Authority) -> None:
    async def never(_host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async with fetching(authority, deadline=0.05, lookup=never) as fetcher:
        many = [fetcher.get(f"https://rp{n}.example/", client_id="rp") for n in range(9)]
        failures = await asyncio.wait_for(asyncio.gather(*many, return_exceptions=True), 1)
    assert [str(failed) for failed in failures] == ["no answer in time"] * 9


async def test_what_is_under_way_ends_with_the_fetcher(authority: Authority) -> None:
    async with stranger(authority, Answer(b"", "wait")) as server:
        async with fetching(authority) as fetcher:
            under_way = asyncio.create_task(fetcher.get(server.origin, client_id="rp"))
            await asyncio.sleep(0.02)
        with pytest.raises(asyncio.CancelledError):
            await under_way


# What is written down


async def test_a_failure_is_told_by_client_host_and_cause_alone(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with written() as lines:
        async with (
            stranger(authority, answer(b"hidden", status="500 hidden")) as server,
            fetching(authority) as fetcher,
        ):
            for url in (f"{server.origin}/hidden?hidden=1", "https://hidden@rp/", "hidden"):
                with pytest.raises(FetchFailed):
                    await fetcher.get(url, client_id="rp")
    assert lines.messages == [
        'fetch.failed client_id=rp host=127.0.0.1 cause="status 500"',
        'fetch.failed client_id=rp cause="a user name or password in the URL"',
        'fetch.failed client_id=rp cause="not https"',
    ]
    assert "hidden" not in caplog.text
