"""OpenID Connect Core 1.0 §3.1.2.1."""

import pytest

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.id_token_hint import check_not_encrypted, id_token_of


def test_a_hint_that_only_the_client_can_read_is_refused() -> None:
    """What was encrypted to the client is no use to us; the ID Token in it is."""
    for hint in ("a.b.c", "a.b.", "a", ""):
        check_not_encrypted(hint)
    with pytest.raises(InvalidRequest, match="send the signed ID Token"):
        check_not_encrypted("a.b.c.d.e")


def test_only_what_says_when_somebody_signed_in_is_an_id_token() -> None:
    """Core §2, §5.3.2: a signed UserInfo Response does not."""
    id_token = {"iss": "https://id.example.com", "sub": "a", "aud": "rp", "auth_time": 1}
    assert id_token_of(id_token) == id_token
    assert id_token_of({"iss": "https://id.example.com", "sub": "a", "aud": "rp"}) is None
    assert id_token_of(None) is None
