"""What the client makes of an answer, in one call."""

import pytest

from bridge.wechat import (
    WeChatApplication,
    WeChatError,
)
from tests.wechat.hostile_wechat import (
    APPID,
    CODE,
    SECRET,
    Answer,
    answer,
    client_of,
    hostile_wechat,
    token,
)

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"

WITHOUT_PROFILE = WeChatApplication(appid=APPID, secret=SECRET, wants_profile=False)


async def refusal(*answers: Answer, application: WeChatApplication | None = None) -> WeChatError:
    """What is raised when WeChat answers so."""
    async with (
        hostile_wechat(*answers) as hostile,
        client_of(hostile.origin, application=application or WITHOUT_PROFILE) as client,
    ):
        with pytest.raises(WeChatError) as raised:
            await client.identify(CODE, lang="en")
    return raised.value


async def nickname_in(body: bytes) -> str | None:
    async with (
        hostile_wechat(answer(token()), answer(body)) as hostile,
        client_of(hostile.origin) as client,
    ):
        return (await client.identify(CODE, lang="en")).nickname
