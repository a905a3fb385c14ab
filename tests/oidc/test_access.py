"""Who may enter, as an operator writes it down."""

import pytest

from bridge.oidc.access import UnfitAccess, read_access


@pytest.mark.parametrize(
    ("words", "access"),
    [(("anyone",), None), (("nobody",), ()), (("u-1", "u-2"), ("u-1", "u-2")), ((), ())],
)
def test_it_is_anyone_or_nobody_or_a_list(
    words: tuple[str, ...], access: tuple[str, ...] | None
) -> None:
    assert read_access(words) == access


@pytest.mark.parametrize(
    "words", [("Anyone",), ("anyone", "u-1"), ("nobody", "anyone"), ("u 1",), ("",), ("u\n",)]
)
def test_what_may_be_a_mistake_is_none(words: tuple[str, ...]) -> None:
    with pytest.raises(UnfitAccess):
        read_access(words)
