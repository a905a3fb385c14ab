"""RFC 7662."""

import pytest

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.errors import InvalidClient
from bridge.oidc.introspection import check_may_introspect, introspection_response
from bridge.oidc.refresh_token import RefreshToken
from tests.oidc import examples
from tests.oidc.examples import ISSUER

FOUND = AccessGrant(examples.GRANT, examples.SESSION, 1_700_003_600)


def test_a_client_learns_of_its_own_tokens() -> None:
    """§2.2."""
    assert introspection_response(FOUND, examples.client(), examples.SOURCE, issuer=ISSUER) == {
        "active": True,
        "iss": ISSUER,
        "sub": examples.ACCOUNT.subject,
        "client_id": "s6BhdRkqt3",
        "scope": "openid profile email wechat",
        "token_type": "Bearer",
        "exp": 1_700_003_600,
    }


def test_a_pairwise_client_is_told_its_own_subject() -> None:
    """§2.2; OpenID Connect Core 1.0 §8.1."""
    client = examples.client(subject_type="pairwise")
    told = introspection_response(FOUND, client, examples.SOURCE, issuer=ISSUER)
    assert told["sub"] not in (None, examples.ACCOUNT.subject)


def test_of_any_other_it_learns_nothing() -> None:
    """§2.2: not even whether it exists."""
    inactive = {"active": False}
    other = examples.client(client_id="other")
    assert introspection_response(FOUND, other, examples.SOURCE, issuer=ISSUER) == inactive
    assert (
        introspection_response(None, examples.client(), examples.SOURCE, issuer=ISSUER) == inactive
    )


def test_a_public_client_is_told_nothing() -> None:
    """§2.1: the endpoint must be protected against scanning for tokens."""
    check_may_introspect(examples.client())
    with pytest.raises(InvalidClient):
        check_may_introspect(examples.client(client_secret_hash=None))


def test_a_refresh_token_has_no_type_to_be_taken_for_an_access_token_by() -> None:
    """§2.2: ``token_type`` is of access tokens (RFC 6749 §5.1)."""
    token = RefreshToken(
        grant=examples.GRANT,
        session=examples.SESSION,
        issued_at=1_700_000_000,
        expires_at=1_700_009_000,
        ends_at=1_800_000_000,
    )
    told = introspection_response(token, examples.client(), examples.SOURCE, issuer=ISSUER)
    assert told["active"] is True
    assert told["exp"] == 1_700_009_000
    assert "token_type" not in told
