"""OpenID Connect Core 1.0 §5.3 and RFC 6750 §2."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.errors import InsufficientScope, InvalidRequest, InvalidToken
from bridge.oidc.userinfo import (
    MissingToken,
    read_access_token,
    userinfo_claims,
    userinfo_jwt_claims,
)
from tests.oidc import examples
from tests.oidc.examples import SOURCE

NOTHING = examples.sent({})

# RFC 6750 §2.1, b64token
TOKENS = st.from_regex(r"[A-Za-z0-9._~+/-]{1,60}={0,2}", fullmatch=True)


@given(TOKENS, st.sampled_from(["Bearer", "bearer", "BEARER"]))
def test_a_token_is_read_from_the_authorization_header(token: str, scheme: str) -> None:
    """RFC 6750 §2.1; the scheme is read in any case (RFC 9110 §11.1)."""
    assert read_access_token(NOTHING, f"{scheme} {token}") == token


@given(TOKENS)
def test_a_token_is_read_from_the_form(token: str) -> None:
    """RFC 6750 §2.2."""
    assert read_access_token(examples.sent({"access_token": token}), None) == token


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer ", "Basic YTpi", ""])
def test_a_request_without_a_token_is_told_no_error_code(authorization: str | None) -> None:
    """RFC 6750 §3.1."""
    with pytest.raises(MissingToken) as refused:
        read_access_token(NOTHING, authorization)
    assert refused.value.status == 401


def test_credentials_of_another_scheme_do_not_stand_in_the_way() -> None:
    """RFC 6750 §2: they carry no token; a proxy with a password may send them."""
    assert read_access_token(examples.sent({"access_token": "a"}), "Basic YTpi") == "a"


@pytest.mark.parametrize("authorization", ["Bearer a", "bearer a", "Bearer"])
def test_a_token_is_sent_in_one_way_only(authorization: str) -> None:
    """RFC 6750 §2."""
    with pytest.raises(InvalidRequest, match="more than one way"):
        read_access_token(examples.sent({"access_token": "a"}), authorization)


def test_a_repeated_token_is_an_invalid_request() -> None:
    """RFC 6750 §3.1."""
    twice = examples.sent_in_order([("access_token", "a"), ("access_token", "b")])
    with pytest.raises(InvalidRequest, match="repeated"):
        read_access_token(twice, None)


@pytest.mark.parametrize("token", ["a b", "a,b", 'a"', "=", "a=b", "\u00e9", "a\x7f", "a\tb"])
def test_a_malformed_token_is_an_invalid_token(token: str) -> None:
    """RFC 6750 §3.1: "expired, revoked, malformed, or invalid for other reasons"."""
    with pytest.raises(InvalidToken, match=r"^access token is malformed$") as refused:
        read_access_token(NOTHING, f"Bearer {token}")
    assert not isinstance(refused.value, MissingToken)


@given(st.text())
def test_whatever_is_sent_is_a_token_or_an_error_with_a_name(authorization: str) -> None:
    """RFC 6750 §3.1."""
    for header in (authorization, f"Bearer {authorization}"):
        with suppress(InvalidToken):
            assert read_access_token(NOTHING, header).isascii()


def test_userinfo_has_the_subject_and_the_claims_of_the_granted_scope() -> None:
    """OpenID Connect Core 1.0 §5.3.2."""
    claims = userinfo_claims(
        examples.grant(scope=("openid", "email")), examples.session(), examples.client(), SOURCE
    )
    assert claims == {
        "sub": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "email": "wxk3n7q2hd5apt@people.example.com",
        "email_verified": False,
    }


def test_userinfo_has_the_claims_of_the_scope_also_where_the_id_token_has_not() -> None:
    """OpenID Connect Core 1.0 §5.4."""
    grant, session = examples.grant(scope=("openid", "profile")), examples.session()
    strict = examples.client(claims_in_id_token="none")
    assert userinfo_claims(grant, session, strict, SOURCE) == userinfo_claims(
        grant, session, examples.client(), SOURCE
    )


@pytest.mark.parametrize("scope", [("profile",), ("email", "wechat"), ()])
def test_userinfo_is_for_openid_connect_alone(scope: tuple[str, ...]) -> None:
    """OpenID Connect Core 1.0 §5.3.1, RFC 6750 §3.1."""
    with pytest.raises(InsufficientScope) as refused:
        userinfo_claims(examples.grant(scope=scope), examples.session(), examples.client(), SOURCE)
    assert refused.value.status == 403


def test_a_signed_response_says_whose_it_is_and_for_whom() -> None:
    """OpenID Connect Core 1.0 §5.3.2; a nonce belongs to an ID Token."""
    told = userinfo_jwt_claims({"sub": "a"}, examples.client(), issuer=examples.ISSUER)
    assert told == {"iss": examples.ISSUER, "aud": "s6BhdRkqt3", "sub": "a"}
