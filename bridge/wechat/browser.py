"""Which kind of browser is asking, by its user agent.

Whoever asks can say what they like: a user agent decides which page is shown, and nothing else.
The texts are those seen in November 2026; what is unknown is a desktop's browser, where every way
can be chosen by hand.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final


class App(StrEnum):
    """The program that the page is in."""

    BROWSER = "browser"
    WECHAT = "wechat"
    # A page within a mini program (web-view), which is within WeChat
    MINI_PROGRAM = "mini_program"
    # 企业微信, which is not WeChat, and whose authorize endpoint is another one
    WECOM = "wecom"


class Device(StrEnum):
    """What it runs on: whether another phone can be held in front of it, or it is the phone."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True)
class Browser:
    app: App
    device: Device

    @property
    def is_wechat(self) -> bool:
        """Whether WeChat opens ``/connect/oauth2/authorize`` here."""
        return self.app in {App.WECHAT, App.MINI_PROGRAM}

    @property
    def is_phone(self) -> bool:
        return self.device is Device.PHONE


# The first that fits, in this order. WeCom says MicroMessenger as well; a page in a mini program
# does too, and says MiniProgramEnv on desktops and miniProgram on phones.
_APPS: Final = (
    (re.compile("wxwork", re.IGNORECASE), App.WECOM),
    (re.compile("micromessenger.*miniprogram", re.IGNORECASE), App.MINI_PROGRAM),
    (re.compile("micromessenger", re.IGNORECASE), App.WECHAT),
)

# WeChat for Mac has been seen to say WindowsWechat, too; both are desktops. Tablets come before
# phones, because they say Mobile as well. An iPad's Safari says that it is a Mac, and is taken for
# one: its screen is as good for a QR code.
_DEVICES: Final = (
    (re.compile("MacWechat|WindowsWechat|MiniProgramEnv/", re.IGNORECASE), Device.DESKTOP),
    (re.compile(r"iPad|Tablet|Android(?!.*Mobi)"), Device.TABLET),
    (re.compile("Mobi|iPhone|iPod|Phone;"), Device.PHONE),
)

# What follows is no user agent that anybody's browser sends.
LONGEST: Final = 1_024


def read_user_agent(user_agent: str | None) -> Browser:
    """Return what ``user_agent``, the header's value, says of itself."""
    return _told((user_agent or "")[:LONGEST])


@lru_cache(maxsize=256)
def _told(told: str) -> Browser:
    app = next((app for pattern, app in _APPS if pattern.search(told)), App.BROWSER)
    device = next((device for pattern, device in _DEVICES if pattern.search(told)), Device.DESKTOP)
    return Browser(app, device)
