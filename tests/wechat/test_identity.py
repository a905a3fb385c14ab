"""Which subject a person is given at the first sign-in."""

import base64
import hashlib
import hmac
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat import SubjectSetting, WeChatIdentity, WeChatUnionidMissing, subject_for

KEY = b"k" * 32
OPENID = "oOpEnIdOfThePersonWhoCame_00"
UNIONID = "oUnIoNiDoFtHePeRsOnWhOcAmE-0"
BOUND = WeChatIdentity(
    appid="wx0123456789abcdef", platform_account="main", openid=OPENID, unionid=UNIONID
)
UNBOUND = replace(BOUND, unionid=None)

OPAQUE = re.compile(r"[a-z2-7]{26}")

IDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=6)


def opaque(identity: WeChatIdentity, key: bytes = KEY) -> str:
    return subject_for(identity, setting="opaque", subject_key=key)


@pytest.mark.parametrize(
    ("setting", "identity", "subject"),
    [
        ("either", BOUND, UNIONID),
        ("either", UNBOUND, OPENID),
        ("unionid", BOUND, UNIONID),
        ("openid", BOUND, OPENID),
        ("openid", UNBOUND, OPENID),
    ],
)
def test_the_subject_is_wechats_id_as_it_stands(
    setting: SubjectSetting, identity: WeChatIdentity, subject: str
) -> None:
    assert subject_for(identity, setting=setting, subject_key=KEY) == subject


def test_where_a_unionid_is_required_nobody_gets_in_without_one() -> None:
    with pytest.raises(WeChatUnionidMissing):
        subject_for(UNBOUND, setting="unionid", subject_key=KEY)


@pytest.mark.parametrize("identity", [BOUND, UNBOUND])
def test_an_opaque_subject_is_26_characters_of_an_hmac(identity: WeChatIdentity) -> None:
    """Computed here anew: a subject that changed would make everybody a stranger."""
    named = (
        f"unionid\0main\0{UNIONID}" if identity.unionid else f"openid\0wx0123456789abcdef\0{OPENID}"
    )
    digest = hmac.new(KEY, named.encode(), hashlib.sha256).digest()
    assert opaque(identity) == base64.b32encode(digest).decode().lower()[:26]
    assert OPAQUE.fullmatch(opaque(identity))


def test_an_opaque_subject_depends_on_the_key_alone_and_on_who_somebody_is() -> None:
    assert opaque(BOUND) == opaque(replace(BOUND, nickname="other", picture="https://x.qlogo.cn/"))
    assert opaque(BOUND) == opaque(replace(BOUND, appid="wxother", openid="oElsewhere"))
    others = [
        opaque(BOUND, b"l" * 32),
        opaque(replace(BOUND, unionid="oAnotherPerson")),
        opaque(replace(BOUND, platform_account="another")),
        opaque(UNBOUND),
        opaque(replace(UNBOUND, appid="wxother")),
        opaque(replace(UNBOUND, openid=UNIONID)),
    ]
    assert len({opaque(BOUND), *others}) == 7


def test_one_id_in_two_places_is_two_people() -> None:
    as_unionid = replace(BOUND, unionid=OPENID, platform_account=BOUND.appid)
    assert opaque(as_unionid) != opaque(UNBOUND)


@given(openid=IDS, unionid=st.none() | IDS, setting=st.sampled_from(["either", "openid", "opaque"]))
def test_a_subject_is_ascii_and_at_most_36_characters(
    openid: str, unionid: str | None, setting: SubjectSetting
) -> None:
    """Consumers have room for no more, and what is cut is no longer one person's alone."""
    identity = replace(BOUND, openid=openid, unionid=unionid)
    subject = subject_for(identity, setting=setting, subject_key=KEY)
    assert re.fullmatch(r"[A-Za-z0-9_-]{6,36}", subject)


@pytest.mark.parametrize("setting", ["either", "unionid", "openid"])
def test_an_id_that_is_too_long_to_be_a_subject_takes_the_opaque_form(
    setting: SubjectSetting,
) -> None:
    longest = replace(BOUND, openid="o" * 36, unionid="u" * 36)
    too_long = replace(BOUND, openid="o" * 37, unionid="u" * 37)
    assert len(subject_for(longest, setting=setting, subject_key=KEY)) == 36
    subject = subject_for(too_long, setting=setting, subject_key=KEY)
    assert OPAQUE.fullmatch(subject)
    other = replace(too_long, openid="o" * 36 + "p", unionid="u" * 36 + "v")
    assert subject_for(other, setting=setting, subject_key=KEY) != subject


def test_the_setting_openid_holds_for_a_long_openid_too() -> None:
    """The form changes, not who is meant: a unionid that comes or goes changes nothing."""
    bound, unbound = replace(BOUND, openid="o" * 37), replace(UNBOUND, openid="o" * 37)
    assert subject_for(bound, setting="openid", subject_key=KEY) == subject_for(
        unbound, setting="openid", subject_key=KEY
    )
