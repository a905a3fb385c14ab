"""What a sign-in by each kind of application proves."""

import pytest

from bridge.oidc.authentication import ACR, SILENT_ACR
from bridge.wechat import Kind, WeChatApplication, acr_values_of, assurance_of


def application(kind: Kind, *, wants_profile: bool = True) -> WeChatApplication:
    return WeChatApplication(appid=kind, secret="s", kind=kind, wants_profile=wants_profile)


@pytest.mark.parametrize(
    ("kind", "wants_profile", "acr", "way"),
    [
        ("website", True, ACR, "qr"),
        ("website", False, ACR, "qr"),
        ("official_account", True, ACR, "in_app"),
        ("official_account", False, SILENT_ACR, "in_app"),
        ("mobile", True, ACR, "app"),
        ("mobile", False, ACR, "app"),
        ("mini_program", True, SILENT_ACR, "mini_program"),
        ("mini_program", False, SILENT_ACR, "mini_program"),
    ],
)
def test_it_says_whether_the_person_was_asked_and_by_which_way_they_came(
    *, kind: Kind, wants_profile: bool, acr: str, way: str
) -> None:
    assurance = assurance_of(application(kind, wants_profile=wants_profile))
    assert assurance.acr == acr
    assert assurance.amr == ("wechat", way)


def test_what_can_be_had_is_listed_once_and_the_strongest_first() -> None:
    both = [application("mini_program"), application("website"), application("mobile")]
    assert acr_values_of(both) == (ACR, SILENT_ACR)
    assert acr_values_of(both[1:]) == (ACR,)
    assert acr_values_of([]) == ()
