"""Time, and WeChat's other hosts."""

import anyio
import pytest

from bridge.wechat import (
    Limits,
    WeChatUnavailable,
    http_client,
)
from tests.wechat.exchanging import EXCHANGE, WITHOUT_PROFILE
from tests.wechat.hostile_wechat import (
    CODE,
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
            hostile.origin, hostile.origin, limits=Limits(connect=5, answer=0.1, total=5)
        ) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="SocketTimeoutError"):
            await client.identify(CODE, lang="en")
    assert hostile.paths == [EXCHANGE]


async def test_the_total_time_is_that_of_both_calls() -> None:
    """Either answer alone would come in time."""
    slow = (answer(token(), after=0.25), answer(userinfo(), after=0.25))
    async with (
        hostile_wechat(*slow) as hostile,
        client_of(hostile.origin, limits=Limits(connect=5, answer=5, total=0.4)) as client,
    ):
        with pytest.raises(WeChatUnavailable, match="no answer in time"):
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
        client_of(hostile.origin, limits=PATIENT) as client,
    ):
        await client.identify(CODE, lang="en")
    assert hostile.connections == 1


async def test_a_connection_is_not_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other side may be about to close it, and what is sent then is lost."""
    monkeypatch.setattr(http_client, "KEPT", 0.01)
    answers = [answer(token()) for _ in range(2)]
    async with (
        hostile_wechat(*answers) as hostile,
        client_of(hostile.origin, application=WITHOUT_PROFILE) as client,
    ):
        await client.identify(CODE, lang="en")
        await anyio.sleep(0.05)
        await client.identify(CODE, lang="en")
    assert hostile.connections == 2
