"""Time, and WeChat's other hosts."""

import socket

import pytest

from bridge.wechat import (
    Timeouts,
    WeChatUnavailable,
)
from tests.serving import bound, port_of
from tests.wechat.exchanging import EXCHANGE, USERINFO, WITHOUT_PROFILE
from tests.wechat.hostile_wechat import (
    CODE,
    OPENID,
    PATIENT,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
    userinfo,
)

pytestmark = pytest.mark.anyio


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
