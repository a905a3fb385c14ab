"""WeChat's numbers: what each of them is, in the call that it answers.

WeChat reports failure with HTTP 200 and ``{"errcode": …, "errmsg": …}``. The number decides;
``errmsg`` has volatile parts and is never shown or logged whole.
https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
(as of 2026-11)
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bridge.wechat.errors import (
    WeChatAppidRejected,
    WeChatBusy,
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonLimited,
    WeChatPersonRefused,
    WeChatSecretRejected,
    WeChatUnavailable,
)

# errmsg: "invalid code, rid: 6206378a-793424c0-2e4091cc": what WeChat's support asks for
RID = re.compile(r"rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})")


class Call(StrEnum):
    """The calls that end a sign-in, by their paths."""

    ACCESS_TOKEN = "/sns/oauth2/access_token"
    REFRESH_TOKEN = "/sns/oauth2/refresh_token"
    AUTH = "/sns/auth"
    USERINFO = "/sns/userinfo"
    JSCODE2SESSION = "/sns/jscode2session"


ERRCODES: Final[Mapping[int, type[WeChatError]]] = {
    -1: WeChatBusy,
    # The AppSecret, and the AppID
    40001: WeChatSecretRejected,
    40125: WeChatSecretRejected,
    41004: WeChatSecretRejected,
    40013: WeChatAppidRejected,
    41002: WeChatAppidRejected,
    # The code. A code of another application's is an invalid one.
    40029: WeChatCodeRejected,
    40163: WeChatCodeUsed,
    41008: WeChatCodeRejected,
    42003: WeChatCodeRejected,
    # What the code gave a moment ago. 42007: the person has changed their password meanwhile.
    40014: WeChatCodeRejected,
    40030: WeChatCodeRejected,
    42001: WeChatCodeRejected,
    42002: WeChatCodeRejected,
    42007: WeChatCodeRejected,
    50001: WeChatCodeRejected,
    # The person: risk control (of mini programs), a frozen account, one that does not follow
    40226: WeChatPersonRefused,
    50002: WeChatPersonRefused,
    50005: WeChatPersonRefused,
    # Too many calls, in a day and in a minute
    45009: WeChatLimited,
    45011: WeChatLimited,
    # The call itself, which would be refused again: grant_type, openid of another appid, caller's
    # address, a parameter missing, the method, http in place of https
    40002: WeChatMisconfigured,
    40003: WeChatMisconfigured,
    40164: WeChatMisconfigured,
    41001: WeChatMisconfigured,
    41003: WeChatMisconfigured,
    41005: WeChatMisconfigured,
    41006: WeChatMisconfigured,
    41007: WeChatMisconfigured,
    41009: WeChatMisconfigured,
    43001: WeChatMisconfigured,
    43002: WeChatMisconfigured,
    43003: WeChatMisconfigured,
    76022: WeChatMisconfigured,
    # Not granted to the application, or withdrawn from it
    48001: WeChatMisconfigured,
    48004: WeChatMisconfigured,
    # Of third-party platforms (第三方平台): an application whose login is theirs to call
    61003: WeChatMisconfigured,
    61004: WeChatMisconfigured,
    61005: WeChatMisconfigured,
    61006: WeChatMisconfigured,
    61007: WeChatMisconfigured,
    61023: WeChatMisconfigured,
    # What WeChat's authorize page shows to the person; it answers no call, and comes to no callback
    10003: WeChatMisconfigured,
    10004: WeChatMisconfigured,
    10005: WeChatMisconfigured,
    10006: WeChatMisconfigured,
    10009: WeChatMisconfigured,
    10010: WeChatMisconfigured,
    10011: WeChatMisconfigured,
    10012: WeChatMisconfigured,
    10013: WeChatMisconfigured,
    10015: WeChatMisconfigured,
    10016: WeChatMisconfigured,
}
"""What a number is, in every call but those below; one that is not here is WeChatUnavailable."""

# "invalid credential" is the AppSecret where that is sent, and elsewhere the access token.
IN_ONE_CALL: Final[Mapping[tuple[Call, int], type[WeChatError]]] = {
    (Call.USERINFO, 40001): WeChatCodeRejected,
    (Call.AUTH, 40001): WeChatCodeRejected,
    (Call.REFRESH_TOKEN, 40001): WeChatCodeRejected,
    # 100 calls in a minute about one person:
    # https://developers.weixin.qq.com/minigame/en/dev/api-backend/open-api/login/auth.code2Session.html
    (Call.JSCODE2SESSION, 45011): WeChatPersonLimited,
}


def error_for(errcode: int | None, errmsg: str, call: Call = Call.ACCESS_TOKEN) -> WeChatError:
    """Return the exception for an errcode other than 0; None is one that is no number."""
    if errcode is None:
        return WeChatUnavailable("the errcode is no number")
    rid = RID.search(errmsg)
    text = f"errcode {errcode}" + (f", rid {rid[1]}" if rid else "")
    everywhere = ERRCODES.get(errcode, WeChatUnavailable)
    return IN_ONE_CALL.get((call, errcode), everywhere)(text, errcode=errcode)
