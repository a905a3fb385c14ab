"""By which way a person may sign in: a function of their browser and of the applications.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md,
https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md (as of 2026-11)

A website application shows a QR code, which a phone's camera has to scan: a phone cannot sign
itself in by it. An official account serves whoever is within WeChat, and nobody else. The sign-in
has to end in the browser in which it began, because the relying party knows it there; so whoever
has to go to another browser begins anew there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bridge.wechat.application import BROWSER_KINDS, Kind
from bridge.wechat.browser import App, Browser


class Place(StrEnum):
    """Where the person is, as far as it decides what they are told."""

    # A screen that a phone can be held to
    SCREEN = "screen"
    # Within WeChat, where one tap is enough
    WECHAT = "wechat"
    # A screen outside WeChat, and an official account only
    ELSEWHERE = "elsewhere"
    # A phone that cannot scan its own screen: in a browser, in WeChat, in WeCom
    PHONE = "phone"
    PHONE_WECHAT = "phone_wechat"
    PHONE_WECOM = "phone_wecom"


class Start(StrEnum):
    """Where else the person may begin anew, from the relying party's own page."""

    IN_WECHAT = "in_wechat"
    # The same, from a screen that a phone can be held to
    WITH_PHONE = "with_phone"
    ON_COMPUTER = "on_computer"


@dataclass(frozen=True, slots=True)
class Way:
    place: Place
    # The application that the person goes on with; None: with none, from here
    kind: Kind | None
    start: Start | None = None
    # The application for whoever is somewhere else than their browser says
    other: Kind | None = None


def choose_way(browser: Browser, kinds: Collection[Kind], chosen: Kind | None = None) -> Way:
    """Return the way for this browser, by applications of these ``kinds``, one for browsers.

    ``chosen`` is what the person has chosen instead; what is not there cannot be chosen.
    """
    website: Kind | None = "website" if "website" in kinds else None
    account: Kind | None = "official_account" if "official_account" in kinds else None
    guessed = account if browser.is_wechat else website
    kind = chosen if chosen in kinds and chosen in BROWSER_KINDS else guessed
    if kind == "official_account":
        return Way(Place.WECHAT, account, other=website)
    # WeCom says who it is; there WeChat's own page would only be refused.
    other = None if browser.app is App.WECOM else account
    if not browser.is_phone:
        if website is None:
            return Way(Place.ELSEWHERE, None, Start.WITH_PHONE, other)
        return Way(Place.SCREEN, website, other=other)
    if chosen is not None and kind == chosen:
        return Way(Place.PHONE, website, other=other)
    start = Start.IN_WECHAT if account else Start.ON_COMPUTER
    return Way(_PHONES[browser.app], website, start, other)


_PHONES = {
    App.BROWSER: Place.PHONE,
    App.WECHAT: Place.PHONE_WECHAT,
    App.MINI_PROGRAM: Place.PHONE_WECHAT,
    App.WECOM: Place.PHONE_WECOM,
}
