"""RFC 7662."""

import pytest

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.errors import InvalidClient
from bridge.oidc.introspection import (
    INACTIVE,
    check_may_introspect,
    introspection_response,
    may_learn,
)
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
    assert INACTIVE == {"active": False}
    assert may_learn(FOUND, examples.client())
    assert not may_learn(FOUND, examples.client(client_id="other"))


def test_a_public_client_is_told_nothing() -> None:
    """§2.1: the endpoint must be protected against scanning for tokens."""
    check_may_introspect(examples.client())
    with pytest.raises(InvalidClient):
        check_may_introspect(examples.client(client_secret_hash=None))


API = "https://api.example.com/v1"


def test_a_protected_resource_learns_of_tokens_that_are_for_it() -> None:
    """§2.1, §4: by its name, which nobody may claim who registered themselves."""
    found = AccessGrant(examples.grant(resources=(API, "other-api")), examples.SESSION, 0)
    assert may_learn(found, examples.client(client_id="api", client_uri=API))
    assert may_learn(found, examples.client(client_id="other-api"))
    impostor = examples.client(client_id="api", client_uri=API, is_self_registered=True)
    assert not may_learn(found, impostor)
    assert not may_learn(found, examples.client(client_id="api", client_uri=f"{API}/"))
    assert not may_learn(FOUND, examples.client(client_id="api", client_uri=API))
    told = introspection_response(found, examples.client(), examples.SOURCE, issuer=ISSUER)
    assert told["aud"] == [API, "other-api"]


def test_a_refresh_token_is_for_its_client_alone() -> None:
    token = RefreshToken(
        grant=examples.grant(resources=(API,)),
        session=examples.SESSION,
        issued_at=0,
        expires_at=9,
        ends_at=9,
    )
    assert may_learn(token, examples.client())
    assert not may_learn(token, examples.client(client_id="api", client_uri=API))


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
