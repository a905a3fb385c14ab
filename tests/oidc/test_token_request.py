"""RFC 6749 §4.1.3 and OpenID Connect Core 1.0 §3.1.3.1."""

import pytest

from bridge.oidc.errors import InvalidRequest, UnsupportedGrantType
from bridge.oidc.token_request import (
    RefreshRequest,
    TokenRequest,
    read_grant_type,
    read_refresh_request,
    read_token_request,
)
from tests.oidc import examples
from tests.oidc.examples import CODE_VERIFIER, REDIRECT_URI

ASKED: dict[str, str | None] = {
    "grant_type": "authorization_code",
    "code": "SplxlOBeZQQYbYS6WxSbIA",
    "redirect_uri": REDIRECT_URI,
}


def read(**changed: str | None) -> TokenRequest:
    return read_token_request(examples.sent(ASKED | changed))


def test_the_token_request_of_the_specification_is_read() -> None:
    """RFC 6749 §4.1.3, the example."""
    assert read() == TokenRequest("SplxlOBeZQQYbYS6WxSbIA", REDIRECT_URI, None)


def test_a_code_verifier_comes_along() -> None:
    """RFC 7636 §4.5."""
    assert read(code_verifier=CODE_VERIFIER).code_verifier == CODE_VERIFIER


@pytest.mark.parametrize("name", ["code", "redirect_uri"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_parameter_is_an_invalid_request(name: str, value: str | None) -> None:
    """RFC 6749 §5.2; the redirect URI was in every authorization request."""
    with pytest.raises(InvalidRequest, match=f"{name} is missing"):
        read(**{name: value})
    with pytest.raises(InvalidRequest, match="grant_type is missing"):
        read_grant_type(examples.sent(ASKED | {"grant_type": value}))


@pytest.mark.parametrize(
    "grant_type",
    ["Refresh_Token", "password", "client_credentials", "implicit", "Authorization_Code"],
)
def test_a_grant_type_that_is_not_supported_is_told_by_its_own_error(grant_type: str) -> None:
    """RFC 6749 §5.2."""
    with pytest.raises(UnsupportedGrantType):
        read_grant_type(examples.sent(ASKED | {"grant_type": grant_type}))


def test_the_grant_type_says_what_is_handed_in() -> None:
    """RFC 6749 §4.1.3, §6."""
    for grant_type in ("authorization_code", "refresh_token"):
        assert read_grant_type(examples.sent({"grant_type": grant_type})) == grant_type


def test_the_refresh_request_of_the_specification_is_read() -> None:
    """RFC 6749 §6, the example."""
    asked: dict[str, str | None] = {
        "grant_type": "refresh_token",
        "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
    }
    assert read_refresh_request(examples.sent(asked)) == RefreshRequest(
        "tGzv3JOkF0XG5Qx2TlKWIA", None
    )
    narrowed = examples.sent(asked | {"scope": "openid"})
    assert read_refresh_request(narrowed).scope == "openid"
    with pytest.raises(InvalidRequest, match="refresh_token is missing"):
        read_refresh_request(examples.sent(asked | {"refresh_token": None}))


@pytest.mark.parametrize("name", [*ASKED, "code_verifier"])
def test_a_repeated_parameter_is_an_invalid_request(name: str) -> None:
    """RFC 6749 §3.2."""
    pairs = [(n, v) for n, v in ASKED.items() if v is not None]
    parameters = examples.sent_in_order([*pairs, (name, "one"), (name, "two")])
    with pytest.raises(InvalidRequest, match=f"{name} is repeated"):
        (read_grant_type if name == "grant_type" else read_token_request)(parameters)


@pytest.mark.parametrize(
    ("name", "value"), [("scope", "openid"), ("acr_values", "1"), ("audience", "https://api")]
)
def test_unrecognized_request_parameters_are_ignored(name: str, value: str) -> None:
    """RFC 6749 §3.2; GitLab sends ``scope``, WordPress ``acr_values``."""
    assert read(**{name: value}) == read()
