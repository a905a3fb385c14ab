import pytest

from bridge.wechat.browser_name import PROGRAMS, SYSTEMS, UNKNOWN, browser_name
from tests import user_agents as seen

NAMES = {
    seen.IPHONE_WECHAT: "WeChat on iPhone",
    seen.ANDROID_WECHAT_X5: "WeChat on Android",
    seen.WINDOWS_WECHAT: "WeChat on Windows",
    seen.OLD_MAC_WECHAT: "WeChat on macOS",
    seen.ANDROID_MINI_PROGRAM: "WeChat mini program on Android",
    seen.MAC_MINI_PROGRAM: "WeChat mini program on macOS",
    seen.IPHONE_WECOM: "WeCom on iPhone",
    seen.IPHONE_SAFARI: "Safari on iPhone",
    seen.ANDROID_CHROME: "Chrome on Android",
    seen.IPAD_AS_BEFORE_2019: "Safari on iPad",
    seen.DESKTOP_FIREFOX: "Firefox on Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0": "Edge on Windows",
    "python-httpx/0.28.1": UNKNOWN,
}


@pytest.mark.parametrize(("user_agent", "name"), NAMES.items())
def test_a_browser_is_told_in_a_few_words(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


@pytest.mark.parametrize("missing", [None, ""])
def test_who_says_nothing_is_called_nothing(missing: str | None) -> None:
    assert browser_name(missing) is None


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b]0;owned\x07", "Chrome/1 微信\nsign_in.completed", "x" * 9_999],
)
def test_nothing_of_what_it_says_is_repeated(hostile: str) -> None:
    name = browser_name(hostile)
    programs = {known for _, known in PROGRAMS} | {UNKNOWN}
    systems = {f" on {known}" for _, known in SYSTEMS} | {""}
    assert name in {program + system for program in programs for system in systems}
