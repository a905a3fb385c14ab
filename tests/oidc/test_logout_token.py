"""OpenID Connect Back-Channel Logout 1.0 §2.4."""

import pytest

from bridge.oidc.id_token import Validity
from bridge.oidc.logout_token import (
    LIFETIME,
    is_told,
    is_worth_another_try,
    logout_token_alg,
    logout_token_claims,
)
from tests.oidc import examples

NOW = 1_700_000_000
CLAIMS = logout_token_claims(
    examples.CLIENT,
    subject=examples.ACCOUNT.subject,
    sid=examples.SESSION.sid,
    jti="j",
    validity=Validity(examples.ISSUER, NOW, LIFETIME),
)


def test_it_says_who_signed_out_of_what_and_to_whom() -> None:
    assert {name: CLAIMS[name] for name in ("iss", "aud", "sub", "sid", "jti")} == {
        "iss": examples.ISSUER,
        "aud": examples.CLIENT.client_id,
        "sub": examples.ACCOUNT.subject,
        "sid": examples.SESSION.sid,
        "jti": "j",
    }


def test_it_is_good_for_two_minutes() -> None:
    """§4: "short expiration times … preferably at most two minutes"."""
    assert (CLAIMS["iat"], CLAIMS["exp"]) == (NOW, NOW + 120)


def test_its_one_event_is_the_back_channel_logout_and_an_empty_object() -> None:
    assert CLAIMS["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}


def test_it_never_holds_a_nonce() -> None:
    """§2.4: so that it is never taken for an ID Token."""
    assert "nonce" not in CLAIMS


@pytest.mark.parametrize(
    ("registered", "alg"), [("RS256", "RS256"), ("ES256", "ES256"), ("none", "RS256")]
)
def test_it_is_signed_as_the_id_token_is_and_always_signed(registered: str, alg: str) -> None:
    """§2.6: "The alg with the value none MUST NOT be used for Logout Tokens"."""
    client = examples.client(id_token_signed_response_alg=registered)
    assert logout_token_alg(client) == alg


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, (True, False)),
        (204, (True, False)),
        (302, (False, False)),
        (400, (False, False)),
        (404, (False, False)),
        (501, (False, True)),
        (503, (False, True)),
    ],
)
def test_what_a_relying_party_answers_is_success_refusal_or_worth_another_try(
    status: int, expected: tuple[bool, bool]
) -> None:
    """§2.8."""
    assert (is_told(status), is_worth_another_try(status)) == expected
