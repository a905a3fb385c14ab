"""What is agreed upon with WeChat about pushes, and the files that prove a domain."""

from pathlib import Path

import pytest

from bridge.wechat.events import PushSettings, read_aes_key
from tests.config.examples import GOOD, complaint, read, with_

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OTHER_KEY = "b" * 43
TOKEN_RULE = "must be the Token of WeChat's console: 3 to 32 letters and digits"
KEY_RULE = "must be the EncodingAESKey of WeChat's console: 43 letters and digits"


def pushes(directory: Path, **environ: str) -> dict[str, PushSettings]:
    return read(directory, **with_(**environ)).pushes


def test_without_a_token_nothing_is_pushed(tmp_path: Path) -> None:
    assert pushes(tmp_path) == {}


def test_a_token_alone_is_for_the_plain_mode(tmp_path: Path) -> None:
    assert pushes(tmp_path, WECHAT_EVENTS_TOKEN="pamtest") == {
        "wx0123456789abcdef": PushSettings(tokens=("pamtest",))
    }


def test_the_present_token_and_key_stand_before_the_former(tmp_path: Path) -> None:
    settings = pushes(
        tmp_path,
        WECHAT_EVENTS_TOKEN="present",
        WECHAT_FORMER_EVENTS_TOKEN="former",
        WECHAT_EVENTS_AES_KEY=KEY,
        WECHAT_FORMER_EVENTS_AES_KEY=OTHER_KEY,
    )
    assert settings["wx0123456789abcdef"] == PushSettings(
        tokens=("present", "former"), aes_keys=(read_aes_key(KEY), read_aes_key(OTHER_KEY))
    )


def test_each_application_has_its_own(tmp_path: Path) -> None:
    settings = pushes(
        tmp_path,
        WECHAT_EVENTS_TOKEN="first",
        WECHAT_2_KIND="official_account",
        WECHAT_2_CLIENT_ID="wx00000000000000ff",
        WECHAT_2_CLIENT_SECRET="another-app-secret",
        WECHAT_2_EVENTS_TOKEN="second",
        WECHAT_2_EVENTS_IN_PLAIN="act",
    )
    assert {appid: known.tokens for appid, known in settings.items()} == {
        "wx0123456789abcdef": ("first",),
        "wx00000000000000ff": ("second",),
    }
    assert settings["wx00000000000000ff"].kind == "official_account"
    assert settings["wx00000000000000ff"].acts_on_plain


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"EVENTS_TOKEN": "no"},
            f"wechat.events_token (from BRIDGE_WECHAT_EVENTS_TOKEN): {TOKEN_RULE}",
        ),
        (
            {"EVENTS_TOKEN": "with-a-dash"},
            f"wechat.events_token (from BRIDGE_WECHAT_EVENTS_TOKEN): {TOKEN_RULE}",
        ),
        (
            {"EVENTS_TOKEN": "pamtest", "EVENTS_AES_KEY": KEY[:-1]},
            f"wechat.events_aes_key (from BRIDGE_WECHAT_EVENTS_AES_KEY): {KEY_RULE}",
        ),
        (
            {"EVENTS_TOKEN": "pamtest", "EVENTS_AES_KEY": f"{KEY}="},
            f"wechat.events_aes_key (from BRIDGE_WECHAT_EVENTS_AES_KEY): {KEY_RULE}",
        ),
        (
            {"EVENTS_AES_KEY": KEY},
            (
                "wechat.events_aes_key (from BRIDGE_WECHAT_EVENTS_AES_KEY): is of no use without"
                " events_token; set that as well"
            ),
        ),
        (
            {"FORMER_EVENTS_TOKEN": "former"},
            (
                "wechat.former_events_token (from BRIDGE_WECHAT_FORMER_EVENTS_TOKEN): is of no use"
                " without events_token; set that as well"
            ),
        ),
        (
            {"EVENTS_TOKEN": "pamtest", "FORMER_EVENTS_AES_KEY": KEY},
            (
                "wechat.former_events_aes_key (from BRIDGE_WECHAT_FORMER_EVENTS_AES_KEY): is of no"
                " use without events_aes_key; set that as well"
            ),
        ),
        (
            {"EVENTS_TOKEN": "pamtest", "EVENTS_AES_KEY": KEY, "EVENTS_IN_PLAIN": "act"},
            (
                "wechat.events_in_plain (from BRIDGE_WECHAT_EVENTS_IN_PLAIN): cannot be act beside"
                " events_aes_key: whoever saw one signature could do without the key; choose the"
                " secure mode (安全模式) in WeChat's console"
            ),
        ),
        (
            {"EVENTS_TOKEN": "pamtest", "EVENTS_IN_PLAIN": "yes"},
            "wechat.events_in_plain (from BRIDGE_WECHAT_EVENTS_IN_PLAIN): must be 'note' or 'act'",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    variables = {f"BRIDGE_WECHAT_{name}": value for name, value in environ.items()}
    told = complaint(None, GOOD | variables, tmp_path)
    assert told == line
    assert KEY not in told


def test_neither_token_nor_key_is_shown(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(WECHAT_EVENTS_TOKEN="pamtest", WECHAT_EVENTS_AES_KEY=KEY))
    for shown in (repr(settings), str(settings.pushes)):
        assert "pamtest" not in shown
        assert KEY not in shown


def test_a_domain_is_proved_by_a_file_that_holds_its_own_name(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(MP_VERIFY="MLvDTY0UZCw4LduU, EfpnvJ3nAa2HHE0x=other"))
    assert settings.domain_proofs == {
        "MLvDTY0UZCw4LduU": "MLvDTY0UZCw4LduU",
        "EfpnvJ3nAa2HHE0x": "other",
    }


@pytest.mark.parametrize(
    "entry",
    [
        "MP_verify_MLvDTY0UZCw4LduU.txt",
        "short",
        "a" * 65,
        "../../etc/passwd",
        "MLvDTY0UZCw4LduU=",
        "MLvDTY0UZCw4LduU=a b",
        "MLvDTY0UZCw4LduU=<b>",
    ],
)
def test_the_whole_name_of_the_file_is_not_wanted(tmp_path: Path, entry: str) -> None:
    line = complaint(None, with_(MP_VERIFY=f"EfpnvJ3nAa2HHE0x,{entry}"), tmp_path)
    assert line == (
        "mp_verify (from BRIDGE_MP_VERIFY): number 2 must be what stands between MP_verify_ and"
        " .txt in the name of WeChat's file, letters and digits; if the file holds something else,"
        " = and that"
    )
