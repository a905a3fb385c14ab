"""Which calls go wrong, and for how long."""

import pytest

from bridge.wechat.simulator.disturbances import Calls, Disturbances
from bridge.wechat.simulator.faults import errcode
from tests.wechat.simulated_wechat import APPID, OTHER_APPID, ServedWeChat

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"

BUSY, SLOWER, FROZEN = errcode(-1), errcode(45011), errcode(50002)


def disturbances() -> Disturbances:
    return Disturbances((EXCHANGE, USERINFO))


def test_a_standing_fault_meets_every_call_until_it_is_taken_back() -> None:
    disturbed = disturbances()
    disturbed.keep(EXCHANGE, BUSY)
    assert [disturbed.take(EXCHANGE, None) for _ in range(3)] == [BUSY] * 3
    assert disturbed.take(USERINFO, None) is None
    disturbed.keep(EXCHANGE, None)
    assert disturbed.take(EXCHANGE, None) is None


def test_what_is_planned_comes_before_what_stands_and_may_leave_a_call_alone() -> None:
    disturbed = disturbances()
    disturbed.keep(None, BUSY)
    disturbed.plan(EXCHANGE, None, SLOWER)
    assert [disturbed.take(EXCHANGE, None) for _ in range(3)] == [None, SLOWER, BUSY]


def test_what_is_for_one_application_goes_before_what_is_for_all() -> None:
    disturbed = disturbances()
    disturbed.keep(None, BUSY)
    disturbed.keep(None, SLOWER, appid=APPID)
    disturbed.keep(USERINFO, FROZEN, appid=APPID)
    assert disturbed.take(USERINFO, APPID) == FROZEN
    assert disturbed.take(EXCHANGE, APPID) == SLOWER
    assert disturbed.take(EXCHANGE, OTHER_APPID) == BUSY
    assert disturbed.take(EXCHANGE, None) == BUSY


def test_what_is_forgotten_happens_no_more() -> None:
    disturbed = disturbances()
    disturbed.keep(EXCHANGE, BUSY)
    disturbed.plan(USERINFO, BUSY)
    disturbed.forget(Calls(EXCHANGE))
    disturbed.forget(Calls(EXCHANGE))
    assert disturbed.take(EXCHANGE, None) is None
    assert disturbed.waiting() == 1
    disturbed.forget_all()
    assert disturbed.take(USERINFO, None) is None


def test_a_path_that_the_api_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="not a path"):
        disturbances().plan("/sns/userinf", BUSY)


async def test_an_application_may_be_answered_slowly_and_another_at_once(
    wechat: ServedWeChat,
) -> None:
    """What the token is of is known where the appid is not sent."""
    wechat.simulator.faults.slow_down(None, 5, appid=APPID)
    tokens = await wechat.tokens()
    await wechat.userinfo(tokens)
    assert wechat.clock.slept == [5, 5]
    await wechat.exchange("x", appid=OTHER_APPID)
    await wechat.call(USERINFO, access_token="x", openid="o")
    assert wechat.clock.slept == [5, 5]
    wechat.simulator.faults.slow_down(USERINFO, 0.5, appid=APPID)
    await wechat.userinfo(tokens)
    assert wechat.clock.slept == [5, 5, 0.5]
