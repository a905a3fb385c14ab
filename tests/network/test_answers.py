"""How an answer comes over the wire: head and body in one piece."""

import socket

import pytest

from tests.network.sites import GET, HELLO, Connection, site

pytestmark = pytest.mark.anyio

# ``struct tcp_info`` of Linux: where ``tcpi_data_segs_in`` stands, four bytes
SEGMENTS_IN = slice(152, 156)


def segments(connection: Connection) -> int:
    """How many packets with data have come."""
    end: socket.socket = connection.writer.get_extra_info("socket")
    told = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SEGMENTS_IN.stop)
    return int.from_bytes(told[SEGMENTS_IN], "little")


async def test_head_and_body_come_together() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET)
        assert (await connection.answer())[2] == HELLO
        assert segments(connection) == 1
        connection.write(GET)
        assert (await connection.answer())[2] == HELLO
        assert segments(connection) == 2


async def test_what_was_asked_in_one_go_is_answered_in_turn() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET + GET.replace(b"/hello", b"/body") + GET)
        assert [(await connection.answer())[2] for _ in range(3)] == [HELLO] * 3


async def test_head_alone_comes_where_that_is_asked_for() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(b"HEAD" + GET[3:] + GET)
        head = await connection.reader.readuntil(b"\r\n\r\n")
        assert b"content-length: 6" in head
        assert (await connection.answer())[2] == HELLO


async def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    """RFC 9110 §10.1.1."""
    async with site() as at:
        head = (
            b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        connection = await at.connect()
        connection.write(head)
        told = await connection.reader.readuntil(b"\r\n\r\n")
        assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.write(b"ab")
        assert await connection.answer() == (
            200,
            b"http/1.1 200 ok\r\ncontent-length: 6\r\n\r\n",
            HELLO,
        )


async def test_an_answer_that_breaks_off_ends_with_its_head() -> None:
    async with site() as at:
        connection = await at.connect()
        connection.write(GET.replace(b"/hello", b"/broken"))
        assert (await connection.rest()).endswith(b"content-length: 6\r\n\r\n")
