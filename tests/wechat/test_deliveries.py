"""A code that is delivered more than once is asked about once."""

import asyncio
import gc

import anyio
import pytest

from bridge.wechat import WeChatIdentity
from bridge.wechat.deliveries import (
    MOST_QUESTIONS,
    MOST_REMEMBERED,
    REMEMBERED,
    Deliveries,
    Delivery,
)
from bridge.wechat.errors import (
    WeChatBusy,
    WeChatCodeLost,
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatCrowded,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from tests.wechat.simulated_wechat import WoundClock

pytestmark = pytest.mark.anyio

SOMEBODY = WeChatIdentity(appid="wx", platform_account="main", openid="oSomebody", unionid=None)


class Asked:
    """What is asked of WeChat, and answered when the test says so."""

    def __init__(self, *answers: WeChatIdentity | Exception) -> None:
        self.answers = list(answers)
        self.times = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self) -> WeChatIdentity:
        self.times += 1
        await self.may_answer.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
def deliveries(clock: WoundClock) -> Deliveries:
    return Deliveries(now=clock)


async def test_simultaneous_deliveries_ask_together(deliveries: Deliveries) -> None:
    asked = Asked(SOMEBODY)
    asked.may_answer.clear()
    told: list[object] = []

    async def deliver() -> None:
        told.append(await deliveries.ask(Delivery("state", "delivery"), asked))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(deliver)
        await anyio.wait_all_tasks_blocked()
        asked.may_answer.set()
    assert told == [SOMEBODY] * 3
    assert asked.times == 1


async def test_who_goes_away_has_been_asked_about_all_the_same(deliveries: Deliveries) -> None:
    asked = Asked(SOMEBODY)
    asked.may_answer.clear()
    gone = asyncio.create_task(deliveries.ask(Delivery("state", "delivery"), asked))
    await anyio.wait_all_tasks_blocked()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    asked.may_answer.set()
    assert await deliveries.ask(Delivery("state", "delivery"), asked) == SOMEBODY
    assert asked.times == 1


async def test_another_code_is_another_question(deliveries: Deliveries) -> None:
    asked = Asked(SOMEBODY, WeChatCodeRejected())
    await deliveries.ask(Delivery("state", "delivery"), asked)
    assert isinstance(await deliveries.ask(Delivery("state", "another"), asked), WeChatCodeRejected)


@pytest.mark.parametrize(
    "kind", [WeChatCodeRejected, WeChatCodeLost, WeChatPersonRefused, WeChatSnapshotUser]
)
async def test_what_would_be_said_again_is_not_asked_again(
    deliveries: Deliveries, kind: type[WeChatError]
) -> None:
    asked = Asked(kind("first"))
    first = await deliveries.ask(Delivery("state", "delivery"), asked)
    assert await deliveries.ask(Delivery("state", "delivery"), asked) is first
    assert type(first) is kind


@pytest.mark.parametrize(
    "kind",
    [
        *(WeChatCodeUsed, WeChatBusy, WeChatLimited, WeChatCrowded),
        *(WeChatMisconfigured, WeChatUnavailable),
    ],
)
async def test_what_may_pass_is_asked_again(
    deliveries: Deliveries, kind: type[WeChatError]
) -> None:
    asked = Asked(kind(), SOMEBODY)
    assert type(await deliveries.ask(Delivery("state", "delivery"), asked)) is kind
    assert await deliveries.ask(Delivery("state", "delivery"), asked) == SOMEBODY


@pytest.mark.parametrize("kind", [WeChatBusy, WeChatLimited, WeChatUnavailable])
async def test_where_the_code_was_spent_there_is_nothing_to_ask_again(
    deliveries: Deliveries, kind: type[WeChatError]
) -> None:
    failure = kind()
    failure.is_spent = True
    asked = Asked(failure)
    assert await deliveries.ask(Delivery("state", "delivery"), asked) is failure
    assert type(await deliveries.ask(Delivery("state", "delivery"), asked)) is WeChatCodeRejected


async def test_after_the_sign_in_only_the_store_knows_who_it_was(deliveries: Deliveries) -> None:
    """Otherwise somebody who is erased would be back by a reload."""
    asked, delivery = Asked(SOMEBODY, WeChatCodeUsed()), Delivery("state", "delivery")
    await deliveries.ask(delivery, asked)
    deliveries.answered(delivery.wechat_state, delivery.hash)
    assert isinstance(await deliveries.ask(delivery, asked), WeChatCodeUsed)
    deliveries.answered("another state", "of another process")


async def test_nothing_is_remembered_for_longer_than_a_code_lives(
    deliveries: Deliveries, clock: WoundClock
) -> None:
    asked = Asked(SOMEBODY, WeChatCodeRejected("42003"))
    await deliveries.ask(Delivery("state", "delivery"), asked)
    clock.wind(REMEMBERED - 1)
    assert await deliveries.ask(Delivery("state", "delivery"), asked) == SOMEBODY
    clock.wind(1)
    assert isinstance(
        await deliveries.ask(Delivery("state", "delivery"), asked), WeChatCodeRejected
    )


async def test_one_sign_in_has_wechat_asked_a_few_times_only(
    deliveries: Deliveries,
) -> None:
    """Whoever has a pending request may invent codes, and WeChat counts the calls."""
    asked = Asked(*[WeChatUnavailable() for _ in range(2 * MOST_QUESTIONS)])
    told = [
        await deliveries.ask(Delivery("state", f"delivery {number}"), asked)
        for number in range(2 * MOST_QUESTIONS)
    ]
    assert asked.times == MOST_QUESTIONS
    assert {type(refusal) for refusal in told[MOST_QUESTIONS:]} == {WeChatCodeRejected}
    await deliveries.ask(Delivery("another state", "delivery"), asked)
    assert asked.times == MOST_QUESTIONS + 1


@pytest.mark.parametrize("kind", [WeChatLimited, WeChatCrowded])
async def test_who_was_asked_to_come_again_may_come_as_often_as_they_are_asked(
    deliveries: Deliveries, kind: type[WeChatError]
) -> None:
    asked = Asked(*[kind() for _ in range(2 * MOST_QUESTIONS)], SOMEBODY)
    delivery = Delivery("state", "delivery")
    told = [await deliveries.ask(delivery, asked) for _ in range(2 * MOST_QUESTIONS)]
    assert {type(refusal) for refusal in told} == {kind}
    assert await deliveries.ask(delivery, asked) == SOMEBODY


async def test_what_is_remembered_is_bounded(deliveries: Deliveries) -> None:
    for number in range(MOST_REMEMBERED + 10):
        asked = Asked(WeChatCodeRejected())
        await deliveries.ask(Delivery(f"state {number}", f"delivery {number}"), asked)
    again = Asked(SOMEBODY)
    assert await deliveries.ask(Delivery("state 0", "delivery 0"), again) == SOMEBODY
    last = MOST_REMEMBERED + 9
    assert await deliveries.ask(Delivery(f"state {last}", f"delivery {last}"), again) != SOMEBODY


async def test_a_fault_of_ours_is_not_remembered(deliveries: Deliveries) -> None:
    asked = Asked(ZeroDivisionError(), SOMEBODY)
    with pytest.raises(ZeroDivisionError):
        await deliveries.ask(Delivery("state", "delivery"), asked)
    assert await deliveries.ask(Delivery("state", "delivery"), asked) == SOMEBODY


async def test_what_is_under_way_at_the_end_is_given_up(deliveries: Deliveries) -> None:
    asked = Asked(SOMEBODY)
    asked.may_answer.clear()
    waiting = asyncio.create_task(deliveries.ask(Delivery("state", "delivery"), asked))
    await anyio.wait_all_tasks_blocked()
    await deliveries.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await deliveries.close()


async def test_a_fault_of_which_nobody_hears_is_not_written_down(
    deliveries: Deliveries, caplog: pytest.LogCaptureFixture
) -> None:
    """Asyncio would write its text, and a text may hold an address with the secret."""
    asked = Asked(RuntimeError("a secret"))
    asked.may_answer.clear()
    gone = asyncio.create_task(deliveries.ask(Delivery("state", "delivery"), asked))
    await anyio.wait_all_tasks_blocked()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    asked.may_answer.set()
    await anyio.wait_all_tasks_blocked()
    gc.collect()
    assert "a secret" not in caplog.text
