"""Where WeChat says that there were too many calls, nobody asks for the rest of the minute."""

import pytest

from bridge.wechat.errors import WeChatLimited
from bridge.wechat.quota import Quota
from tests.wechat.simulated_wechat import WoundClock

MINUTE = 28_333_334 * 60


def test_it_is_open_until_wechat_says_otherwise() -> None:
    Quota(now=WoundClock()).check()


@pytest.mark.parametrize(("second", "left"), [(0, 60), (1, 59), (59, 1)])
def test_it_is_closed_to_the_end_of_the_minute(second: int, left: int) -> None:
    clock = WoundClock(MINUTE + second)
    quota, said = Quota(now=clock), WeChatLimited("errcode 45011", errcode=45011)
    quota.close(said)
    assert said.retry_after == left
    clock.wind(left - 1)
    with pytest.raises(WeChatLimited) as refused:
        quota.check()
    assert (refused.value.retry_after, refused.value.errcode) == (1, 45011)
    clock.wind(1)
    quota.check()
