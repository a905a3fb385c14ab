"""What one connection may take, as the manual says under "Limits" (docs/operations.md)."""

import pytest

from bridge.serving import Bounds
from tests.network.sites import GET, HELLO, site
from tests.telemetry.lines import written

pytestmark = pytest.mark.anyio

BOUNDS = Bounds()

POST = b"POST /body HTTP/1.1\r\nHost: x\r\n"


# Headers


async def test_who_says_nothing_is_left_without_a_word() -> None:
    async with site() as at:
        connection = await at.connect()
        at.wind(BOUNDS.head - 1)
        assert at.connections == 1
        at.wind(1)
        assert await connection.rest() == b""


@pytest.mark.parametrize(
    "beginning", [b"G", b"GET / HT", GET[:-2], GET[:-2] + b"A: b", b"\r\n", b"\r\nGET"]
)
async def test_headers_that_do_not_end_are_answered_408(beginning: bytes) -> None:
    async with site() as at:
        connection = await at.connect(beginning)
        at.wind(BOUNDS.head)
        status, head, body = await connection.answer()
        assert (status, body) == (408, b"the head took too long\n")
        assert b"connection: close" in head
        assert await connection.rest() == b""


async def test_a_byte_now_and_then_buys_no_time() -> None:
    """Slowloris."""
    async with site() as at:
        connection = await at.connect(GET[:5])
        for position in range(5, 14):
            at.wind(1)
            await at.send(connection, GET[position : position + 1])
        at.wind(0.5)
        assert at.connections == 1
        at.wind(0.5)
        assert (await connection.answer())[0] == 408


async def test_headers_may_come_in_pieces() -> None:
    async with site() as at:
        connection = await at.connect(GET[:3])
        at.wind(BOUNDS.head - 1)
        await at.send(connection, GET[3:20])
        connection.write(GET[20:])
        assert await connection.answer() == (
            200,
            b"http/1.1 200 ok\r\ncontent-length: 6\r\n\r\n",
            HELLO,
        )


@pytest.mark.parametrize("beginning", [b"G", GET[:-2], b"\r\n"])
async def test_a_later_request_has_as_much_time_as_the_first(beginning: bytes) -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET)
        await connection.answer()
        at.wind(BOUNDS.keep_alive - 1)
        await at.send(connection, beginning)
        at.wind(BOUNDS.head - 1)
        assert at.connections == 1
        at.wind(1)
        assert (await connection.answer())[0] == 408
        assert await connection.rest() == b""


async def test_a_connection_is_kept_longer_than_a_load_balancers_60_seconds() -> None:
    async with site() as at:
        connection = await at.connect()
        for _ in range(3):
            connection.write(GET)
            assert (await connection.answer())[0] == 200
            at.wind(70)
        at.wind(4)
        assert at.connections == 1
        at.wind(1)
        assert await connection.rest() == b""


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"GET /", b"a"),
        (b"GET /?", b"a=b&"),
        (b"GET / HTTP/1.1\r\nA", b"a"),
        (b"GET / HTTP/1.1\r\nA: ", b"a"),
        (b"GET / HTTP/1.1\r\n", b"A: b\r\n"),
        (b"", b"\r\n"),
    ],
)
async def test_headers_without_an_end_are_kept_only_so_far(beginning: bytes, piece: bytes) -> None:
    async with site(Bounds(largest_head=1_000)) as at:
        connection = await at.connect()
        connection.write(beginning + piece * 2_000)
        assert (await connection.answer())[0] == 431
        assert at.application.scopes == []


# Bodies


@pytest.mark.parametrize(
    "part",
    [b"Content-Length: 10\r\n\r\n12345", b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"],
)
async def test_a_body_that_does_not_end_is_answered_408(part: bytes) -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(POST + part)
        await at.until(lambda: bool(at.application.scopes))
        at.wind(BOUNDS.body - 1)
        assert at.connections == 1
        at.wind(1)
        status, _, body = await connection.answer()
        assert (status, body) == (408, b"the body took too long\n")
        await at.until(lambda: at.application.last == [{"type": "http.disconnect"}])


async def test_who_is_answered_early_has_no_more_time_for_the_rest() -> None:
    """One request has one answer, whatever comes then."""
    async with site() as at:
        connection = await at.connect()
        connection.write(POST.replace(b"/body", b"/hello") + b"Content-Length: 10\r\n\r\n1")
        assert (await connection.answer())[0] == 200
        at.wind(BOUNDS.body - 1)
        await at.send(connection, b"2")
        at.wind(1)
        assert await connection.rest() == b""


async def test_who_is_answered_early_and_sends_the_rest_is_kept() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(POST.replace(b"/body", b"/hello") + b"Content-Length: 10\r\n\r\n1")
        await connection.answer()
        connection.write(b"234567890" + GET)
        assert (await connection.answer())[2] == HELLO
        connection.write(POST.replace(b"/body", b"/hello") + b"Content-Length: 2\r\n\r\n1")
        await connection.answer()
        connection.write(b"2")
        ours = at.only
        await at.until(lambda: ours.is_kept)
        at.wind(BOUNDS.keep_alive)
        assert await connection.rest() == b""


@pytest.mark.parametrize(
    "endless",
    [
        b"Content-Length: 100000000\r\n\r\n" + b"x" * 100_000,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"2\r\nxx\r\n" * 20_000,
        b"Transfer-Encoding: chunked\r\n\r\n2;a=" + b"b" * 100_000,
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 20_000,
    ],
    ids=["length", "chunks", "extension", "trailers"],
)
async def test_what_nobody_reads_is_thrown_away_only_so_far(endless: bytes) -> None:
    async with site(Bounds(largest_body=50_000)) as at:
        connection = await at.connect()
        head, _, rest = endless.partition(b"\r\n\r\n")
        connection.write(POST.replace(b"/body", b"/hello") + head + b"\r\n\r\n")
        assert (await connection.answer())[0] == 200
        with written() as lines:
            connection.write(rest)
            assert await connection.rest() == b""
        assert lines.messages == ['connection.dropped cause="large body"']


async def test_a_body_beyond_all_bounds_is_answered_413() -> None:
    async with site(Bounds(largest_body=50_000)) as at:
        connection = await at.connect()
        connection.write(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        await at.until(lambda: bool(at.application.scopes))
        connection.write(b"2\r\nxx\r\n" * 20_000)
        answered = await connection.rest()
        assert answered.startswith(b"HTTP/1.1 413 ") or answered == b""
        await at.until(lambda: at.application.last == [{"type": "http.disconnect"}])


async def test_a_trailer_is_no_header() -> None:
    """Nobody in front has looked at it: it could name anybody as who asks."""
    async with site() as at:
        connection = await at.connect()
        trailer = b"X-Forwarded-For: 192.0.2.1\r\nAuthorization: Basic eDp5\r\n"
        connection.write(
            POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n0\r\n" + trailer + b"\r\n" + GET
        )
        assert (await connection.answer())[0] == 200
        assert (await connection.answer())[0] == 200
        names = [[name for name, _ in scope["headers"]] for scope in at.application.scopes]
        assert names == [[b"host", b"transfer-encoding"], [b"host"]]


# Answers


async def test_who_does_not_take_an_answer_is_left() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET.replace(b"/hello", b"/large"))
        ours = at.only
        await at.until(lambda: ours.flow.write_paused)
        at.wind(BOUNDS.unread - 1)
        assert at.connections == 1
        at.wind(1)
        await at.until(lambda: at.connections == 0)


async def test_who_does_not_take_the_last_answer_is_left_too() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(
            GET.replace(b"/hello", b"/large").replace(b"Host", b"Connection: close\r\nHost")
        )
        ours = at.only
        await at.until(ours.transport.is_closing)
        at.wind(0)
        at.wind(BOUNDS.unread - 1)
        assert at.connections == 1
        at.wind(1)
        await at.until(lambda: at.connections == 0)


async def test_an_answer_may_take_its_time_to_be_found() -> None:
    """That is for the application to bound; the client has done its part."""
    async with site() as at:
        connection = await at.connect()
        connection.write(GET.replace(b"/hello", b"/wait") + GET[:5])
        await at.until(lambda: bool(at.application.scopes))
        at.wind(1_000)
        at.application.go_on.set()
        assert (await connection.answer())[0] == 200


# How many


async def test_where_there_are_too_many_who_has_waited_longest_goes() -> None:
    async with site(Bounds(connections=3)) as at:
        kept = await at.connect()
        silent = await at.connect()
        at.wind(1)
        kept.write(GET)
        await kept.answer()
        at.wind(1)
        third = await at.connect()
        with written() as lines:
            fourth = await at.connect()
            assert await silent.rest() == b""
            fifth = await at.connect()
            assert await kept.rest() == b""
        assert lines.messages == ["connections.full connections=3 waiting=3"]
        for connection in (third, fourth, fifth):
            connection.write(GET)
            assert (await connection.answer())[0] == 200


async def test_whoever_has_a_request_under_way_stays_and_who_comes_then_is_told() -> None:
    async with site(Bounds(connections=2)) as at:
        busy = [await at.connect(), await at.connect()]
        for connection in busy:
            connection.write(GET.replace(b"/hello", b"/wait"))
        await at.until(lambda: len(at.application.scopes) == 2)
        late = await at.dial()
        status, head, _ = await late.answer()
        assert status == 503
        assert b"connection: close" in head
        assert await late.rest() == b""
        at.application.go_on.set()
        for connection in busy:
            assert (await connection.answer())[0] == 200


async def test_that_there_are_too_many_is_said_once_a_minute() -> None:
    async with site(Bounds(connections=1)) as at:
        with written() as lines:
            for _ in range(3):
                await at.connect()
            at.wind(61)
            for _ in range(3):
                await at.connect()
        full = [line for line in lines.messages if line.startswith("connections.full")]
        assert len(full) == 2


# What is no HTTP


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"hello\r\n\r\n"]
)
async def test_what_is_no_http_is_no_news(
    nonsense: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(nonsense)
        assert (await connection.rest()).startswith(b"HTTP/1.1 400 ")
    assert not [
        record for record in caplog.records if record.name == "bridge" and record.levelno > 10
    ]
