"""RFC 6749 §5.1."""

from dataclasses import FrozenInstanceError
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.access_token import AccessGrant, token_hash, token_response
from tests.oidc import examples


def test_an_access_token_response_has_the_token_its_type_its_lifetime_and_the_granted_scope() -> (
    None
):
    """RFC 6749 §5.1; ``expires_in`` is a number and ``scope`` one text."""
    assert token_response("at", lifetime=3600, scope=("profile", "email"), id_token=None) == {
        "access_token": "at",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "profile email",
    }


def test_an_id_token_is_added_where_openid_was_granted() -> None:
    """OpenID Connect Core 1.0 §3.1.3.3."""
    response = token_response("at", lifetime=3600, scope=("openid",), id_token="a.b.c")
    assert response["id_token"] == "a.b.c"


def test_a_token_is_found_by_its_sha_256() -> None:
    """What is stored today is found tomorrow: the form never changes."""
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert token_hash("abc") == expected == sha256(b"abc").hexdigest()


@given(st.text(st.characters()))
def test_whatever_is_sent_as_a_token_can_be_looked_for(token: str) -> None:
    """Half characters included, which a header or JSON may smuggle in."""
    assert len(token_hash(token)) == 64


def test_a_grant_cannot_be_widened_afterwards() -> None:
    grant = AccessGrant(examples.GRANT, examples.SESSION, 1_700_000_200)
    with pytest.raises(FrozenInstanceError):
        setattr(grant, "expires_at", 1_800_000_000)  # noqa: B010 - the type checker knows it too
