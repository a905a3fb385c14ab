import pytest

from bridge.wechat.simulator import Kind, SimulatedApplication
from bridge.wechat.simulator.accounts import Applications
from bridge.wechat.simulator.behaviour import Behaviour


def test_a_switch_is_set_by_its_name() -> None:
    behaviour = Behaviour()
    behaviour.change(denial="authdeny", qr_lifetime=10, followers=["zhang-wei"], from_chat=True)
    assert behaviour == Behaviour(
        denial="authdeny", qr_lifetime=10, followers=("zhang-wei",), from_chat=True
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unknown", 1),
        ("change", 1),
        ("denial", "loud"),
        ("denial", None),
        ("snapshot", True),
        ("qr_lifetime", -1),
        ("qr_lifetime", "5"),
        ("qr_lifetime", True),
        ("fast_login", 1),
        ("followers", "zhang-wei"),
        ("followers", [1]),
    ],
)
def test_what_is_no_switch_or_no_value_of_it_changes_nothing(name: str, value: object) -> None:
    behaviour = Behaviour()
    with pytest.raises(ValueError, match=name):
        behaviour.change(**{"too_frequent": True, name: value})
    assert behaviour == Behaviour()


def test_the_next_visit_is_one_visit() -> None:
    behaviour = Behaviour()
    assert not behaviour.next_visit_is_snapshot()
    behaviour.change(snapshot="next")
    assert [behaviour.next_visit_is_snapshot() for _ in range(2)] == [True, False]
    behaviour.change(snapshot="always")
    assert [behaviour.next_visit_is_snapshot() for _ in range(2)] == [True, True]


def test_an_application_has_the_scopes_of_its_kind_unless_others_were_granted() -> None:
    account = SimulatedApplication("wx1", "s", kind=Kind.OFFICIAL_ACCOUNT)
    applications = Applications([account, SimulatedApplication("wx2", "s")])
    assert applications["wx1"].granted_scopes == {"snsapi_base", "snsapi_userinfo"}
    assert applications["wx2"].granted_scopes == {"snsapi_login"}
    applications.change("wx1", scopes=frozenset({"snsapi_base"}), banned=True)
    assert applications["wx1"].granted_scopes == {"snsapi_base"}
    assert applications["wx1"].banned
