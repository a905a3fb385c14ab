"""What a person does about an application in their WeChat, and what its developer is told of it.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/authorization_change.html
(as of 2026-11)
"""

from collections.abc import Awaitable, Callable

from bridge.wechat.simulator.ids import openid_of
from bridge.wechat.simulator.pushes import PushAnswer
from bridge.wechat.simulator.registers import Registers

# What is left of a nickname that WeChat has cleaned
CLEANED = "微信用户"

# All that a website or mobile application was allowed
ALL = "301"


async def withdraw(
    registers: Registers, appid: str, person: str, revoke_info: str = ALL
) -> list[PushAnswer]:
    """The person withdraws: codes and tokens are good no longer, and they are asked again."""
    registers.grants.withdraw(appid, person)
    registers.consents.discard((appid, person))
    return await _tell(registers, "user_authorization_revoke", appid, person, revoke_info)


async def close_account(registers: Registers, appid: str, person: str) -> list[PushAnswer]:
    """The person closes their account at WeChat, of which this application is told."""
    registers.grants.withdraw(appid, person)
    registers.consents.discard((appid, person))
    return await _tell(registers, "user_authorization_cancellation", appid, person)


async def clean_profile(registers: Registers, appid: str, person: str) -> list[PushAnswer]:
    """WeChat finds fault with a profile and takes it away, for whoever asks from now on."""
    registers.people.change(person, nickname=CLEANED, headimgurl="")
    return await _tell(registers, "user_info_modified", appid, person)


CHANGES: dict[str, Callable[[Registers, str, str], Awaitable[list[PushAnswer]]]] = {
    "user_authorization_revoke": withdraw,
    "user_authorization_cancellation": close_account,
    "user_info_modified": clean_profile,
}


async def _tell(
    registers: Registers, event: str, appid: str, person: str, revoke_info: str | None = None
) -> list[PushAnswer]:
    openid = openid_of(registers.people[person], registers.applications[appid])
    more = {} if revoke_info is None else {"RevokeInfo": revoke_info}
    pushes = registers.pushes
    return await pushes.send(appid, pushes.change(event, appid, openid, **more))
