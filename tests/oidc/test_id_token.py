"""OpenID Connect Core 1.0 §2 and §3.1.3.6."""

from typing import Any

import pytest

from bridge.oidc.claims_request import ClaimsRequest
from bridge.oidc.id_token import Binding, Validity, id_token_claims
from bridge.oidc.signing import left_half_hash
from bridge.oidc.standard_claims import Claims
from tests.oidc import examples
from tests.oidc.examples import ISSUER, SOURCE

NOW = 1_700_000_130
ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"


def claims_of(
    client: dict[str, Any] | None = None,
    binding: dict[str, Any] | None = None,
    **grant: Any,
) -> Claims:
    bound: dict[str, Any] = {"nonce": "n-0S6_WzA2Mj", "access_token": ACCESS_TOKEN} | (
        binding or {}
    )
    return id_token_claims(
        examples.grant(**grant),
        examples.session(),
        examples.client(**client or {}),
        SOURCE,
        binding=Binding(**bound),
        validity=Validity(ISSUER, NOW, 3600),
    )


def test_an_id_token_says_who_signed_in_when_for_whom_and_how() -> None:
    """OpenID Connect Core 1.0 §2: nothing beside is invented, neither azp nor nbf."""
    assert claims_of(scope=("openid",)) == {
        "iss": ISSUER,
        "sub": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "aud": "s6BhdRkqt3",
        "exp": NOW + 3600,
        "iat": NOW,
        "auth_time": 1_700_000_100,
        "nonce": "n-0S6_WzA2Mj",
        "sid": "7kz3m5n2q6r4s8t1u9v0w2x4y6",
        "acr": "urn:wechat-oidc:acr:wechat",
        "amr": ["wechat", "qr"],
        "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
    }


def test_at_hash_and_c_hash_are_made_as_the_algorithm_of_the_client_wants_it() -> None:
    """OpenID Connect Core 1.0 §3.1.3.6, §3.3.2.11."""
    bound = {"code": ACCESS_TOKEN}
    told = claims_of({"id_token_signed_response_alg": "EdDSA"}, bound)
    assert told["at_hash"] == told["c_hash"] == left_half_hash(ACCESS_TOKEN, "EdDSA")
    assert claims_of(binding=bound)["c_hash"] == "77QmUPtjPfzWtF2AnpK9RQ"
    unsigned = claims_of({"id_token_signed_response_alg": "none"}, bound)
    assert not {"at_hash", "c_hash"} & unsigned.keys()


@pytest.mark.parametrize("nonce", ["n-0S6_WzA2Mj", "n" * 384, "张 \\\"'", " "])
def test_the_nonce_is_passed_through_unmodified(nonce: str) -> None:
    """OpenID Connect Core 1.0 §2."""
    assert claims_of(binding={"nonce": nonce})["nonce"] == nonce


def test_a_nonce_that_was_not_sent_is_not_in_the_id_token() -> None:
    """OpenID Connect Core 1.0 §2; strict clients fail on one that they did not send."""
    assert "nonce" not in claims_of(binding={"nonce": None})


def test_the_audience_is_one_text_and_there_is_no_azp() -> None:
    """OpenID Connect Core 1.0 §2 and §3.1.3.7: consumers refuse what they do not expect."""
    claims = claims_of()
    assert claims["aud"] == "s6BhdRkqt3"
    assert "azp" not in claims


@pytest.mark.parametrize("name", ["iat", "exp", "auth_time", "updated_at"])
def test_times_are_json_numbers(name: str) -> None:
    """OpenID Connect Core 1.0 §2: goth reads ``exp`` as a number or fails."""
    assert type(claims_of()[name]) is int


def test_the_subject_is_ascii_and_255_characters_at_most() -> None:
    """OpenID Connect Core 1.0 §2."""
    subject = claims_of()["sub"]
    assert isinstance(subject, str)
    assert subject.isascii()
    assert len(subject) <= 255


def test_the_claims_of_the_scope_are_in_the_id_token_by_default() -> None:
    """OpenID Connect Core 1.0 §5.4 permits it; Auth0, Logto and a dozen more read no UserInfo."""
    claims = claims_of()
    assert claims["name"] == "张伟 🐼"
    assert claims["email"] == "wxk3n7q2hd5apt@people.example.com"
    assert claims["wechat_unionid"] == "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


def test_a_client_may_have_the_claims_of_the_scope_in_userinfo_alone() -> None:
    """OpenID Connect Core 1.0 §5.4."""
    strict = {"claims_in_id_token": "none"}
    assert claims_of(strict) == claims_of(strict, scope=("openid",))
    assert claims_of(strict) == claims_of(scope=("openid",))


def test_claims_whose_scope_was_not_granted_are_not_in_the_id_token() -> None:
    """OpenID Connect Core 1.0 §5.4."""
    claims = claims_of(scope=("openid", "email"))
    assert "email" in claims
    assert {"name", "nickname", "picture", "wechat_openid"}.isdisjoint(claims)


def test_c_hash_binds_the_code_that_comes_beside_it() -> None:
    """OpenID Connect Core 1.0 §3.3.2.11; without an access token there is no at_hash."""
    claims = claims_of(binding={"access_token": None, "code": ACCESS_TOKEN})
    assert claims["c_hash"] == "77QmUPtjPfzWtF2AnpK9RQ"
    assert "at_hash" not in claims


def test_an_id_token_that_comes_alone_has_the_claims_of_the_scope() -> None:
    """OpenID Connect Core 1.0 §5.4: there is no access token to ask UserInfo with."""
    assert "name" in claims_of({"claims_in_id_token": "none"}, {"is_alone": True})


def test_a_claim_that_is_asked_for_by_name_is_in_the_id_token() -> None:
    """OpenID Connect Core 1.0 §5.5, within the scopes that the client may ask for."""
    asked = ClaimsRequest(id_token=("email", "wechat_openid", "unheard"), userinfo=("name",))
    claims = claims_of({"claims_in_id_token": "none"}, scope=("openid",), claims=asked)
    assert "email" in claims
    assert {"wechat_openid", "unheard", "name"}.isdisjoint(claims)


def test_a_sign_in_from_before_acr_was_kept_has_none() -> None:
    """OpenID Connect Core 1.0 §2: it is optional, and never null."""
    claims = id_token_claims(
        examples.GRANT,
        examples.session(acr=None),
        examples.client(),
        SOURCE,
        binding=Binding(nonce=None),
        validity=Validity(ISSUER, NOW, 3600),
    )
    assert "acr" not in claims
