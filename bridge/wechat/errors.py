"""What WeChat answers when it does not answer.

WeChat reports failure with HTTP 200 and ``{"errcode": …, "errmsg": …}``. The number decides;
``errmsg`` has volatile parts and is never shown or logged whole.
https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
(as of 2026-11)

* WeChatError
  - WeChatCodeRejected     the person must start again
  - WeChatPersonRefused    WeChat itself keeps this person out
  - WeChatMisconfigured    the operator must act
      - WeChatAppidRejected     the AppID is unknown to WeChat
      - WeChatSecretRejected    the AppSecret is not this AppID's
      - WeChatUnionidMissing    no unionid, and the setting ``subject`` requires one
  - WeChatSnapshotUser     a virtual account that many people share
  - WeChatUnavailable      anything else, and every network failure: try later
"""

import re

# errmsg: "invalid code, rid: 6206378a-793424c0-2e4091cc": what WeChat's support asks for
RID = re.compile(r"rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})")


class WeChatError(Exception):
    """WeChat did not identify anyone. The text is for the log, and holds nothing secret."""

    def __init__(self, text: str = "", *, errcode: int | None = None) -> None:
        super().__init__(text)
        self.errcode = errcode


class WeChatCodeRejected(WeChatError):
    """The wechat_code is missing, invalid, used or expired, or what it gave is."""


class WeChatPersonRefused(WeChatError):
    """The person's WeChat account is frozen, cancelled or under risk control."""


class WeChatMisconfigured(WeChatError):
    """The application is not set up as it should be, here or in WeChat's console."""


class WeChatAppidRejected(WeChatMisconfigured):
    pass


class WeChatSecretRejected(WeChatMisconfigured):
    pass


class WeChatUnionidMissing(WeChatMisconfigured):
    """Bind the application to an Open Platform account, and WeChat tells the unionid."""


class WeChatSnapshotUser(WeChatError):
    """``is_snapshotuser``: the ids are virtual, and shared by strangers."""


class WeChatUnavailable(WeChatError):
    """WeChat could not be reached, said that it is busy, or made no sense."""


# What is not named is WeChatUnavailable: -1 (busy), 45009 and 45011 (too many calls) among them.
_BY_ERRCODE: dict[int, type[WeChatError]] = {
    40001: WeChatSecretRejected,
    40125: WeChatSecretRejected,
    41004: WeChatSecretRejected,
    40013: WeChatAppidRejected,
    41002: WeChatAppidRejected,
    # The call itself is refused, and would be refused again: grant_type, openid of another appid,
    # caller's address, a parameter missing, the method, http in place of https, api not granted
    # to this application or withdrawn from it.
    40002: WeChatMisconfigured,
    40003: WeChatMisconfigured,
    40164: WeChatMisconfigured,
    41001: WeChatMisconfigured,
    41009: WeChatMisconfigured,
    43001: WeChatMisconfigured,
    43003: WeChatMisconfigured,
    48001: WeChatMisconfigured,
    48004: WeChatMisconfigured,
    40029: WeChatCodeRejected,
    40163: WeChatCodeRejected,
    41008: WeChatCodeRejected,
    42003: WeChatCodeRejected,
    40014: WeChatCodeRejected,
    42001: WeChatCodeRejected,
    42007: WeChatCodeRejected,
    50001: WeChatCodeRejected,
    40226: WeChatPersonRefused,
    50002: WeChatPersonRefused,
}

# "invalid credential" is the AppSecret in one call and the access token in the other, which has
# been given a moment before.
_BY_ERRCODE_OF_USERINFO = _BY_ERRCODE | {40001: WeChatCodeRejected}


def error_for(errcode: int | None, errmsg: str, *, of_userinfo: bool = False) -> WeChatError:
    """Return the exception for an errcode other than 0; None is one that is no number."""
    if errcode is None:
        return WeChatUnavailable("the errcode is no number")
    rid = RID.search(errmsg)
    text = f"errcode {errcode}" + (f", rid {rid[1]}" if rid else "")
    kinds = _BY_ERRCODE_OF_USERINFO if of_userinfo else _BY_ERRCODE
    return kinds.get(errcode, WeChatUnavailable)(text, errcode=errcode)
