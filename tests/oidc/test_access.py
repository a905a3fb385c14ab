"""Who may enter, as an operator writes it down."""

import pytest

from bridge.oidc.access import UnfitAccess, groups_in, is_listed, read_access


@pytest.mark.parametrize(
    ("words", "access"),
    [
        (("anyone",), None),
        (("nobody",), ()),
        (("u-1", "u-2"), ("u-1", "u-2")),
        ((), ()),
        (("group:staff", "u-1"), ("group:staff", "u-1")),
    ],
)
def test_it_is_anyone_or_nobody_or_a_list(
    words: tuple[str, ...], access: tuple[str, ...] | None
) -> None:
    assert read_access(words) == access


@pytest.mark.parametrize(
    "words",
    [
        *(("Anyone",), ("anyone", "u-1"), ("nobody", "anyone"), ("u 1",), ("",), ("u\n",)),
        *(("anyone", "group:staff"), ("group:",), ("group:a b",), ("Group:staff",), ("groups:x",)),
    ],
)
def test_what_may_be_a_mistake_is_none(words: tuple[str, ...]) -> None:
    with pytest.raises(UnfitAccess):
        read_access(words)


def test_who_is_in_a_group_that_is_listed_may_enter() -> None:
    access = ("group:staff", "u-1")
    assert groups_in(access) == ("staff",)
    assert is_listed(access, ("u-2", None), ("guests", "staff"))
    assert is_listed(access, ("u-1",), ())
    assert not is_listed(access, ("u-2",), ("guests",))
    assert not is_listed(access, ("staff",), ())
    assert groups_in(None) == ()


def test_no_id_is_taken_for_a_group_nor_a_group_for_an_id() -> None:
    """Whoever invents ids invents none that lets them in."""
    assert not is_listed(("group:staff",), ("group:staff",), ())
    assert not is_listed(("staff",), ("u-1",), ("staff",))
