"""RFC 6749 §3.3 and OpenID Connect Core 1.0 §5.4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.errors import InvalidScope
from bridge.oidc.scope import DEFAULT_SCOPE, SCOPES_SUPPORTED, narrow_scope

SCOPE_VALUES = st.sampled_from(SCOPES_SUPPORTED)


@given(
    st.lists(SCOPE_VALUES | st.sampled_from(["", "groups", "OpenID"])),
    st.lists(SCOPE_VALUES, unique=True),
)
def test_scope_is_what_is_asked_for_and_allowed(asked: list[str], allowed: list[str]) -> None:
    """RFC 6749 §3.3: "fully or partially ignore the scope requested"."""
    expected = set(asked) & set(allowed)
    if asked and expected:
        granted = narrow_scope(" ".join(asked), tuple(allowed))
        assert set(granted) == expected
        assert len(granted) == len(expected)


def test_a_scope_value_that_is_unknown_or_not_allowed_is_ignored() -> None:
    """OpenID Connect Core 1.0 §3.1.2.1; MinIO and Jenkins ask for all that discovery lists."""
    asked = "openid address phone offline_access groups wechat https://graph.example/x"
    assert narrow_scope(asked, ("openid", "email")) == ("openid",)


@given(st.permutations(("openid", "profile", "email")))
def test_the_order_does_not_matter(asked: list[str]) -> None:
    """RFC 6749 §3.3."""
    assert narrow_scope(" ".join(asked), SCOPES_SUPPORTED) == ("openid", "profile", "email")


def test_scope_values_are_case_sensitive() -> None:
    """RFC 6749 §3.3."""
    assert narrow_scope("openid PROFILE", SCOPES_SUPPORTED) == ("openid",)


def test_an_omitted_scope_is_the_default_one() -> None:
    """RFC 6749 §3.3."""
    assert narrow_scope(None, SCOPES_SUPPORTED) == DEFAULT_SCOPE == ("openid", "profile", "email")


@pytest.mark.parametrize("asked", ["wechat", "groups", " ", None])
def test_a_request_of_which_nothing_is_left_is_an_invalid_scope(asked: str | None) -> None:
    """RFC 6749 §3.3 and §4.1.2.1."""
    with pytest.raises(InvalidScope):
        narrow_scope(asked, ())
