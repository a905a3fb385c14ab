"""RFC 7636."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.oidc.errors import InvalidGrant, InvalidRequest
from bridge.oidc.pkce import read_code_challenge, s256, verify_code_verifier
from tests.oidc import examples
from tests.oidc.examples import CODE_CHALLENGE, CODE_VERIFIER

# RFC 7636 §4.1
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
VERIFIERS = st.text(st.sampled_from(UNRESERVED), min_size=43, max_size=128)


def read(
    code_challenge: str | None, method: str | None = "S256", *, required: bool = False
) -> str | None:
    parameters = examples.sent({"code_challenge": code_challenge, "code_challenge_method": method})
    return read_code_challenge(parameters, required=required)


def test_the_example_of_appendix_b() -> None:
    """RFC 7636 appendix B."""
    assert s256(CODE_VERIFIER) == CODE_CHALLENGE
    verify_code_verifier(CODE_VERIFIER, read(CODE_CHALLENGE))


@given(VERIFIERS)
def test_every_verifier_matches_its_own_challenge(code_verifier: str) -> None:
    """RFC 7636 §4.6."""
    verify_code_verifier(code_verifier, read(s256(code_verifier), required=True))


@given(VERIFIERS, VERIFIERS)
def test_no_verifier_matches_the_challenge_of_another(one: str, other: str) -> None:
    """RFC 7636 §4.6."""
    assume(one != other)
    with pytest.raises(InvalidGrant, match="does not match"):
        verify_code_verifier(one, s256(other))


@given(VERIFIERS)
def test_a_challenge_is_not_its_own_verifier(code_verifier: str) -> None:
    """RFC 7636 §4.2: ``plain`` is never understood."""
    with pytest.raises(InvalidGrant):
        verify_code_verifier(s256(code_verifier), s256(code_verifier))


@pytest.mark.parametrize(
    "code_verifier",
    ["a" * 42, "a" * 129, "a" * 42 + "!", "a" * 43 + "\n", "a" * 42 + "é", "a" * 43 + "=", ""],
)
def test_a_malformed_verifier_is_refused(code_verifier: str) -> None:
    """RFC 7636 §4.1."""
    with pytest.raises(InvalidGrant, match="malformed"):
        verify_code_verifier(code_verifier, CODE_CHALLENGE)


@pytest.mark.parametrize("length", [43, 128])
def test_a_verifier_has_43_to_128_characters(length: int) -> None:
    """RFC 7636 §4.1."""
    verify_code_verifier("~" * length, s256("~" * length))


@pytest.mark.parametrize("method", [None, "plain", "s256", "S512"])
def test_only_s256_is_taken(method: str | None) -> None:
    """RFC 9700 §2.1.1; an absent method would mean ``plain`` (RFC 7636 §4.3)."""
    with pytest.raises(InvalidRequest, match="code_challenge_method must be S256"):
        read(CODE_CHALLENGE, method)


@pytest.mark.parametrize(
    "code_challenge", ["a" * 42, "a" * 44, "a" * 42 + "+", "a" * 42 + "=", "a" * 43 + "\n"]
)
def test_a_malformed_challenge_is_refused(code_challenge: str) -> None:
    """RFC 7636 §4.2."""
    with pytest.raises(InvalidRequest, match="malformed"):
        read(code_challenge)


def test_a_required_challenge_that_is_missing_is_an_invalid_request() -> None:
    """RFC 7636 §4.4.1."""
    with pytest.raises(InvalidRequest, match="code_challenge is missing"):
        read(None, None, required=True)


def test_a_client_that_need_not_use_pkce_need_not() -> None:
    """RFC 9700 §2.1.1."""
    assert read(None, None) is None
    verify_code_verifier(None, None)


def test_a_method_without_a_challenge_is_refused() -> None:
    """RFC 7636 §4.3: a challenge was lost, or taken away, on the way."""
    with pytest.raises(InvalidRequest, match="without code_challenge"):
        read(None)


def test_a_verifier_without_a_challenge_is_refused() -> None:
    """RFC 9700 §2.1.1 and §4.8.2: the challenge was stripped from the request."""
    with pytest.raises(InvalidGrant, match="without a code_challenge"):
        verify_code_verifier(CODE_VERIFIER, None)


def test_a_challenge_without_a_verifier_is_refused() -> None:
    """RFC 7636 §4.6."""
    with pytest.raises(InvalidGrant, match="code_verifier is missing"):
        verify_code_verifier(None, CODE_CHALLENGE)
