"""RFC 6749 §4.1.2 and §4.1.3."""

import pytest

from bridge.oidc.authorization_code import LIFETIME, check_issued_to, check_redemption
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.token_request import TokenRequest
from tests.oidc import examples
from tests.oidc.examples import CODE_CHALLENGE, CODE_VERIFIER, REDIRECT_URI

CODE = examples.code(code_challenge=CODE_CHALLENGE, expires_at=60)
REQUEST = TokenRequest("SplxlOBeZQQYbYS6WxSbIA", REDIRECT_URI, CODE_VERIFIER)


def test_a_code_lives_ten_minutes_at_most() -> None:
    """RFC 6749 §4.1.2; ours lives a minute, as FAPI 2.0 §5.3.2.1 asks."""
    assert 0 < LIFETIME <= 60


def test_a_code_is_redeemed_by_the_client_to_which_it_was_issued() -> None:
    """RFC 6749 §4.1.3."""
    assert check_issued_to(CODE, examples.client()) == CODE


def test_a_code_of_another_client_and_no_code_at_all_get_the_same_answer() -> None:
    """RFC 6749 §4.1.3 and §5.2: whoever guesses does not learn that a code exists."""
    other = examples.client(client_id="other")
    with pytest.raises(InvalidGrant) as stolen:
        check_issued_to(CODE, other)
    with pytest.raises(InvalidGrant) as invented:
        check_issued_to(None, other)
    assert stolen.value.description == invented.value.description


def test_a_code_is_redeemed_before_it_expires() -> None:
    """RFC 6749 §4.1.2."""
    check_redemption(CODE, REQUEST, now=59)


@pytest.mark.parametrize("now", [60, 61, 10_000])
def test_an_expired_code_is_refused(now: int) -> None:
    """RFC 6749 §4.1.2 and §5.2."""
    with pytest.raises(InvalidGrant, match="expired"):
        check_redemption(CODE, REQUEST, now=now)


@pytest.mark.parametrize(
    "redirect_uri",
    [f"{REDIRECT_URI}/", f"{REDIRECT_URI}?", "https://RP.example.org/callback", "https://evil"],
)
def test_the_redirect_uri_of_both_requests_is_identical(redirect_uri: str) -> None:
    """RFC 6749 §4.1.3: "their values are identical"."""
    with pytest.raises(InvalidGrant, match="redirect_uri"):
        check_redemption(CODE, TokenRequest("code", redirect_uri, CODE_VERIFIER), now=0)


@pytest.mark.parametrize("code_verifier", [None, "a" * 43])
def test_a_code_that_was_asked_for_with_a_challenge_needs_its_verifier(
    code_verifier: str | None,
) -> None:
    """RFC 7636 §4.6: a stolen code alone is worth nothing."""
    with pytest.raises(InvalidGrant, match="code_verifier"):
        check_redemption(CODE, TokenRequest("code", REDIRECT_URI, code_verifier), now=0)
