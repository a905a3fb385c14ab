from collections.abc import Collection
from typing import get_args

import pytest

from bridge.wechat.application import Kind
from bridge.wechat.browser import App, Browser, Device, read_user_agent
from bridge.wechat.ways import Place, Start, Way, choose_way
from tests import user_agents as seen

WEBSITE: Kind = "website"
ACCOUNT: Kind = "official_account"
BOTH: tuple[Kind, ...] = (WEBSITE, ACCOUNT)
EVERY: tuple[Kind, ...] = get_args(Kind)
BROWSERS = [Browser(app, device) for app in App for device in Device]
IN_WECHAT = [
    seen.IPHONE_WECHAT,
    seen.ANDROID_WECHAT,
    seen.WINDOWS_WECHAT,
    seen.MAC_WECHAT,
    seen.OLD_MAC_WECHAT,
    seen.IPHONE_MINI_PROGRAM,
    seen.WINDOWS_MINI_PROGRAM,
]
LARGE = [seen.DESKTOP_CHROME, seen.DESKTOP_FIREFOX, seen.IPAD_SAFARI, seen.ANDROID_TABLET]


def way_of(user_agent: str, kinds: Collection[Kind], chosen: Kind | None = None) -> Way:
    return choose_way(read_user_agent(user_agent), kinds, chosen)


@pytest.mark.parametrize("user_agent", LARGE)
def test_a_large_screen_shows_the_code_of_a_website_application(user_agent: str) -> None:
    assert way_of(user_agent, [WEBSITE]) == Way(Place.SCREEN, WEBSITE)
    assert way_of(user_agent, BOTH) == Way(Place.SCREEN, WEBSITE, other=ACCOUNT)


@pytest.mark.parametrize("user_agent", LARGE)
def test_an_official_account_alone_is_for_within_wechat(user_agent: str) -> None:
    assert way_of(user_agent, [ACCOUNT]) == Way(Place.ELSEWHERE, None, Start.WITH_PHONE, ACCOUNT)


@pytest.mark.parametrize("user_agent", IN_WECHAT)
def test_within_wechat_an_official_account_needs_one_tap(user_agent: str) -> None:
    """On phones, on desktops, and in the pages of mini programs."""
    assert way_of(user_agent, [ACCOUNT]) == Way(Place.WECHAT, ACCOUNT)
    assert way_of(user_agent, BOTH) == Way(Place.WECHAT, ACCOUNT, other=WEBSITE)


def test_wechat_on_a_desktop_can_show_a_code_where_there_is_no_official_account() -> None:
    assert way_of(seen.WINDOWS_WECHAT, [WEBSITE]) == Way(Place.SCREEN, WEBSITE)


def test_wechat_on_a_phone_without_an_official_account_leads_to_another_device() -> None:
    way = Way(Place.PHONE_WECHAT, WEBSITE, Start.ON_COMPUTER)
    assert way_of(seen.IPHONE_WECHAT, [WEBSITE]) == way
    assert way_of(seen.IPHONE_MINI_PROGRAM, [WEBSITE]) == way


@pytest.mark.parametrize("user_agent", [seen.IPHONE_SAFARI, seen.ANDROID_CHROME, seen.HARMONY])
def test_a_phone_shows_the_code_to_another_phone_and_can_begin_anew_elsewhere(
    user_agent: str,
) -> None:
    assert way_of(user_agent, [WEBSITE]) == Way(Place.PHONE, WEBSITE, Start.ON_COMPUTER)
    assert way_of(user_agent, BOTH) == Way(Place.PHONE, WEBSITE, Start.IN_WECHAT, ACCOUNT)
    assert way_of(user_agent, [ACCOUNT]) == Way(Place.PHONE, None, Start.IN_WECHAT, ACCOUNT)


def test_wecom_is_never_sent_to_the_official_account() -> None:
    """Its own authorize endpoint is another one, and WeChat's refuses it."""
    phone, desktop = seen.IPHONE_WECOM, seen.WINDOWS_WECOM
    assert way_of(phone, BOTH) == Way(Place.PHONE_WECOM, WEBSITE, Start.IN_WECHAT)
    assert way_of(phone, [ACCOUNT]) == Way(Place.PHONE_WECOM, None, Start.IN_WECHAT)
    assert way_of(phone, [WEBSITE]) == Way(Place.PHONE_WECOM, WEBSITE, Start.ON_COMPUTER)
    assert way_of(desktop, BOTH) == Way(Place.SCREEN, WEBSITE)
    assert way_of(desktop, [ACCOUNT]) == Way(Place.ELSEWHERE, None, Start.WITH_PHONE)


@pytest.mark.parametrize("browser", BROWSERS)
def test_what_a_person_chooses_counts_more_than_what_their_browser_says(browser: Browser) -> None:
    account, website = choose_way(browser, BOTH, ACCOUNT), choose_way(browser, BOTH, WEBSITE)
    assert account == Way(Place.WECHAT, ACCOUNT, other=WEBSITE)
    assert website.kind == WEBSITE
    assert website.place is (Place.PHONE if browser.is_phone else Place.SCREEN)
    assert website.start is None


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("kinds", [[WEBSITE], [ACCOUNT], BOTH])
def test_what_is_not_there_cannot_be_chosen(browser: Browser, kinds: Collection[Kind]) -> None:
    for chosen in set(EVERY) - set(kinds):
        assert choose_way(browser, kinds, chosen) == choose_way(browser, kinds)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("kinds", [[WEBSITE], [ACCOUNT], BOTH])
def test_every_browser_is_told_how_to_go_on(browser: Browser, kinds: Collection[Kind]) -> None:
    way = choose_way(browser, kinds)
    assert way.kind or way.start
    assert way.kind in {*kinds, None}
    assert way.other in {*kinds, None}
    assert way.other is None or way.other != way.kind
