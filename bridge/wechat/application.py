"""What an operator has at WeChat: applications of several kinds, each with ids of its own.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html and
https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md (as of 2026-11)
"""

from dataclasses import dataclass, field
from typing import Literal

# 网站应用, 服务号, 移动应用, 小程序
Kind = Literal["website", "official_account", "mobile", "mini_program"]

# A browser is sent to WeChat only for these two; the others hand a code in at the Token Endpoint.
BROWSER_KINDS: tuple[Kind, ...] = ("website", "official_account")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatApplication:
    """An application at WeChat. ``platform_account`` is within which a ``unionid`` is one person.

    Without ``wants_profile`` only who somebody is gets asked: one call less.
    """

    appid: str
    secret: str = field(repr=False)
    kind: Kind = "website"
    platform_account: str = "main"
    wants_profile: bool = True

    @property
    def scope(self) -> str:
        """The scope on the wire: the page with the QR code knows only one."""
        if self.kind == "website":
            return "snsapi_login"
        return "snsapi_userinfo" if self.wants_profile else "snsapi_base"

    @property
    def has_profile(self) -> bool:
        """Whether a code gives a token, to ask for the profile with: a mini program's does not."""
        return self.wants_profile and self.kind != "mini_program"

    @property
    def authorize_path(self) -> str:
        """Where browsers are sent."""
        return "/connect/qrconnect" if self.kind == "website" else "/connect/oauth2/authorize"
