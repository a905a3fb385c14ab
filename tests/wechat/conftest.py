"""The simulated WeChat that the tests of this folder share."""

from collections.abc import AsyncIterator

import pytest

from tests.wechat.in_wechat import InWeChat
from tests.wechat.simulated_wechat import ServedWeChat, served_wechat


@pytest.fixture
async def wechat() -> AsyncIterator[ServedWeChat]:
    async with served_wechat() as wechat:
        yield wechat


@pytest.fixture
def within(wechat: ServedWeChat) -> InWeChat:
    return InWeChat(wechat)
