"""WeChat's manual: 授权用户信息变更, what may change about a person's authorization."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat.events import Change, PushRefused, read_change
from bridge.wechat.events.fields import read_fields
from tests.wechat.events import official

APPID = "wx13974bf780d3dc89"
REVOKED = {
    "ToUserName": "gh_870882ca4b1",
    "FromUserName": "oaKk346BaWE-eIn4oSRWbaM9vR7s",
    "CreateTime": "1627359464",
    "MsgType": "event",
    "Event": "user_authorization_revoke",
    "OpenID": "oaKk343WOktAaT2ygsX138BGblrg",
    "AppID": APPID,
    "RevokeInfo": "301",
}


@pytest.mark.parametrize("body", [official.REVOKE_XML, official.REVOKE_JSON], ids=["xml", "json"])
def test_the_examples_of_the_manual_are_withdrawals(body: bytes) -> None:
    change = read_change(read_fields(body), APPID, "website")
    assert change is not None
    assert change.change is Change.AUTHORIZATION_WITHDRAWN
    assert change.openid.startswith("o")


@pytest.mark.parametrize(
    ("event", "change"),
    [
        ("user_info_modified", Change.PROFILE_CLEANED),
        ("user_authorization_revoke", Change.AUTHORIZATION_WITHDRAWN),
        ("user_authorization_cancellation", Change.ACCOUNT_CLOSED),
    ],
)
@pytest.mark.parametrize("kind", ["event", "Event"])
def test_the_manual_names_three_changes(event: str, change: Change, kind: str) -> None:
    """And spells the kind of message in two ways."""
    read = read_change(REVOKED | {"Event": event, "MsgType": kind}, APPID, "website")
    assert read is not None
    assert read.change is change


@pytest.mark.parametrize(
    "changed",
    [
        {"MsgType": "text", "Content": "user_authorization_revoke"},
        {"MsgType": ""},
        {"Event": "subscribe"},
        {"Event": "USER_AUTHORIZATION_REVOKE"},
        {"Event": ""},
        {"Event": "debug_demo", "AppID": ""},
        {"OpenID": ""},
    ],
)
def test_what_is_not_for_us_is_none(changed: dict[str, str]) -> None:
    """What followers write, and the person whom WeChat forgot to name."""
    assert read_change(REVOKED | changed, APPID, "website") is None


@pytest.mark.parametrize("appid", ["", "wxfedcba9876543210", APPID.upper(), f"{APPID}0"])
def test_a_change_of_another_application_is_refused(appid: str) -> None:
    with pytest.raises(PushRefused, match="another AppID"):
        read_change(REVOKED | {"AppID": appid}, APPID, "website")


@pytest.mark.parametrize(
    "openid", ["short", "o" * 65, "o/../../etc", "o'; DROP TABLE", "o\0aaaaaa"]
)
def test_what_cannot_be_an_openid_is_refused(openid: str) -> None:
    with pytest.raises(PushRefused, match="OpenID"):
        read_change(REVOKED | {"OpenID": openid}, APPID, "website")


@pytest.mark.parametrize("moment", ["", "-1", "1e9", "now", "1" * 12, "١٢٣"])
def test_what_cannot_be_a_time_is_refused(moment: str) -> None:
    with pytest.raises(PushRefused, match="CreateTime"):
        read_change(REVOKED | {"CreateTime": moment}, APPID, "website")


@pytest.mark.parametrize(
    ("kind", "withdrawn", "concerns"),
    [
        ("website", "301", True),
        ("website", "1", True),
        ("website", "", True),
        ("mobile", "301", True),
        ("official_account", "205", True),
        ("official_account", "301", True),
        ("official_account", "201", False),
        ("official_account", "206", False),
        ("mini_program", "301", True),
        ("mini_program", "6", False),
        ("mini_program", "13", False),
        ("mini_program", "999", True),
    ],
)
def test_what_we_never_had_may_be_withdrawn_without_us(
    kind: str, withdrawn: str, *, concerns: bool
) -> None:
    """A service account's 205 is nickname and picture; 201 an address, of which we know nothing."""
    change = read_change(REVOKED | {"RevokeInfo": withdrawn}, APPID, kind)
    assert (change is not None) is concerns


def test_a_number_of_a_withdrawal_says_nothing_about_another_change() -> None:
    cancelled = REVOKED | {"Event": "user_authorization_cancellation", "RevokeInfo": "201"}
    assert read_change(cancelled, APPID, "official_account") is not None


def hash_of(**changed: str) -> str:
    change = read_change(REVOKED | changed, APPID, "website")
    assert change is not None
    return change.message_hash


def test_what_wechat_sends_again_is_the_same_message() -> None:
    assert hash_of() == hash_of(ToUserName="gh_other", UnionID="o-unionid")


@pytest.mark.parametrize(
    "changed",
    [
        {"CreateTime": "1627359465"},
        {"FromUserName": "oaKk346BaWE-eIn4oSRWbaM9vR7t"},
        {"OpenID": "oaKk343WOktAaT2ygsX138BGblrh"},
        {"Event": "user_info_modified"},
    ],
)
def test_another_sender_moment_person_or_event_is_another_message(changed: dict[str, str]) -> None:
    """FromUserName is the platform's own: two people who withdraw in one second share it."""
    assert hash_of(**changed) != hash_of()


@given(st.dictionaries(st.sampled_from(sorted(REVOKED)), st.text(max_size=30)))
def test_whatever_stands_in_a_message_it_is_read_or_refused(changed: dict[str, str]) -> None:
    try:
        change = read_change(REVOKED | changed, APPID, "website")
    except PushRefused:
        return
    assert change is None or len(change.message_hash) == 64
