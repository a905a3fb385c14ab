"""Who may register, and who may change a registration: RFC 7591 §3, RFC 7592 §2, RFC 6750 §2.1."""

from dataclasses import replace

import pytest

from bridge.oidc.access_token import token_hash
from bridge.oidc.errors import AccessDenied, InvalidToken
from bridge.oidc.registration_access import (
    RegistrationPolicy,
    check_may_register,
    read_registration_token,
    verify_registration_token,
)
from bridge.oidc.userinfo import MissingToken
from tests.oidc import examples

TOKENS = RegistrationPolicy(
    mode="token",
    token_hashes=(token_hash("first"), token_hash("second")),
    scopes=("openid",),
    access=(),
)


def test_anybody_registers_where_it_is_open_and_nobody_where_it_is_closed() -> None:
    for authorization in (None, "Bearer first", "Basic x"):
        check_may_register(replace(TOKENS, mode="open"), authorization)
        with pytest.raises(AccessDenied):
            check_may_register(replace(TOKENS, mode="closed"), authorization)


def test_each_initial_access_token_is_good() -> None:
    for token in ("first", "second"):
        check_may_register(TOKENS, f"Bearer {token}")


@pytest.mark.parametrize("authorization", ["Bearer third", "Bearer fir", "Bearer first second"])
def test_another_initial_access_token_is_not(authorization: str) -> None:
    with pytest.raises(InvalidToken):
        check_may_register(TOKENS, authorization)


@pytest.mark.parametrize("authorization", [None, "", "Basic first", "Bearer "])
def test_where_a_token_is_asked_for_it_is_missing(authorization: str | None) -> None:
    """RFC 6750 §3.1: the challenge alone."""
    with pytest.raises(MissingToken):
        check_may_register(TOKENS, authorization)


def test_a_registration_access_token_is_that_of_its_client() -> None:
    client = examples.client(registration_token_hash=token_hash("token"))
    token = read_registration_token("bearer token")
    assert verify_registration_token(client, token) is client
    told: set[str] = set()
    for known, presented in (
        (client, "other"),
        (examples.client(), "token"),
        (None, "token"),
        (examples.client(client_secret_hash=token_hash("token")), "token"),
    ):
        with pytest.raises(InvalidToken) as refused:
            verify_registration_token(known, presented)
        told.add(refused.value.description)
    assert len(told) == 1
