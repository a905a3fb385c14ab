import pytest

from bridge.wechat.browser import App, Browser, Device, read_user_agent
from tests import user_agents as seen

WECHAT = [
    (seen.IPHONE_WECHAT, Device.PHONE),
    (seen.ANDROID_WECHAT, Device.PHONE),
    (seen.ANDROID_WECHAT_X5, Device.PHONE),
    (seen.WINDOWS_WECHAT, Device.DESKTOP),
    (seen.MAC_WECHAT, Device.DESKTOP),
    (seen.OLD_MAC_WECHAT, Device.DESKTOP),
]
MINI_PROGRAM = [
    (seen.IPHONE_MINI_PROGRAM, Device.PHONE),
    (seen.ANDROID_MINI_PROGRAM, Device.PHONE),
    (seen.WINDOWS_MINI_PROGRAM, Device.DESKTOP),
    (seen.MAC_MINI_PROGRAM, Device.DESKTOP),
]
WECOM = [
    (seen.IPHONE_WECOM, Device.PHONE),
    (seen.ANDROID_WECOM, Device.PHONE),
    (seen.WINDOWS_WECOM, Device.DESKTOP),
]
BROWSERS = [
    (seen.IPHONE_SAFARI, Device.PHONE),
    (seen.ANDROID_CHROME, Device.PHONE),
    (seen.HARMONY, Device.PHONE),
    (seen.IPAD_AS_BEFORE_2019, Device.TABLET),
    (seen.ANDROID_TABLET, Device.TABLET),
    (seen.IPAD_SAFARI, Device.DESKTOP),
    (seen.DESKTOP_CHROME, Device.DESKTOP),
    (seen.DESKTOP_FIREFOX, Device.DESKTOP),
]


@pytest.mark.parametrize(("user_agent", "device"), WECHAT)
def test_wechat_is_told_on_phones_and_desktops(user_agent: str, device: Device) -> None:
    browser = read_user_agent(user_agent)
    assert browser == Browser(App.WECHAT, device)
    assert browser.is_wechat


@pytest.mark.parametrize(("user_agent", "device"), MINI_PROGRAM)
def test_a_page_in_a_mini_program_is_within_wechat(user_agent: str, device: Device) -> None:
    browser = read_user_agent(user_agent)
    assert browser == Browser(App.MINI_PROGRAM, device)
    assert browser.is_wechat


@pytest.mark.parametrize(("user_agent", "device"), WECOM)
def test_wecom_says_that_it_is_wechat_and_is_not(user_agent: str, device: Device) -> None:
    # https://github.com/kkzxak47/keycloak-services-social-wechatwork/issues/8
    assert "micromessenger" in user_agent.lower()
    browser = read_user_agent(user_agent)
    assert browser == Browser(App.WECOM, device)
    assert not browser.is_wechat


@pytest.mark.parametrize(("user_agent", "device"), BROWSERS)
def test_a_browser_outside_wechat_is_on_a_phone_or_on_a_larger_screen(
    user_agent: str, device: Device
) -> None:
    browser = read_user_agent(user_agent)
    assert browser == Browser(App.BROWSER, device)
    assert not browser.is_wechat
    assert browser.is_phone == (device is Device.PHONE)


@pytest.mark.parametrize("user_agent", [None, "", "curl/8.1", "\x00\xff", "miniProgram"])
def test_what_says_nothing_known_is_a_browser_on_a_desktop(user_agent: str | None) -> None:
    assert read_user_agent(user_agent) == Browser(App.BROWSER, Device.DESKTOP)


def test_case_does_not_matter_where_clients_differ_in_it() -> None:
    assert read_user_agent("MICROMESSENGER Mobile").app is App.WECHAT
    assert read_user_agent("WxWork micromessenger Mobile").app is App.WECOM


def test_what_no_browser_sends_is_not_read_to_its_end() -> None:
    padding = "x" * 100_000
    assert read_user_agent(padding + seen.IPHONE_WECHAT) == Browser(App.BROWSER, Device.DESKTOP)
    assert read_user_agent("micromessenger" * 100_000).app is App.WECHAT
