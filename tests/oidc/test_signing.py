"""OpenID Connect Core 1.0 §2, §3.1.3.6 and §5.3.2; Dynamic Client Registration 1.0 §2."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from bridge.oidc.client import UnfitClient
from bridge.oidc.errors import UnauthorizedClient
from bridge.oidc.signing import (
    SIGNING_ALGORITHMS,
    check_id_token_alg,
    check_signing,
    left_half_hash,
    unsecured_jwt,
    userinfo_alg,
)
from keys import ALGORITHMS, DEFAULT_ALGORITHMS
from tests.oidc import examples

OFFERED = ("RS256", "ES256")


def decoded(part: str) -> Any:
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_algorithms_are_those_that_keys_can_be_made_for() -> None:
    assert SIGNING_ALGORITHMS == ALGORITHMS
    assert set(DEFAULT_ALGORITHMS) <= set(SIGNING_ALGORITHMS)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"id_token_signed_response_alg": "ES256"},
        {"id_token_signed_response_alg": "none"},
        {"id_token_signed_response_alg": "none", "response_types": ("code", "code token")},
        {"userinfo_signed_response_alg": "RS256"},
        {"response_types": ("code id_token token", "id_token")},
    ],
)
def test_what_is_offered_may_be_registered(members: dict[str, Any]) -> None:
    client = examples.client(**members)
    check_signing(client, OFFERED)
    check_id_token_alg(client, OFFERED)
    assert userinfo_alg(client, OFFERED) == members.get("userinfo_signed_response_alg")


@pytest.mark.parametrize(
    "members",
    [
        {"id_token_signed_response_alg": "PS256"},
        {"id_token_signed_response_alg": "HS256"},
        {"id_token_signed_response_alg": "NONE"},
        {"userinfo_signed_response_alg": "PS256"},
        {"userinfo_signed_response_alg": "none"},
        {"userinfo_signed_response_alg": "HS256"},
    ],
)
def test_what_is_not_offered_may_not(members: dict[str, Any]) -> None:
    """Nor what makes the client's secret, or our public key, a key that signs."""
    with pytest.raises(UnfitClient, match=f"{next(iter(members))} is one of RS256, ES256"):
        check_signing(examples.client(**members), OFFERED)


@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "code id_token token"])
def test_no_id_token_without_a_signature_comes_by_the_front_channel(response_type: str) -> None:
    """Dynamic Client Registration 1.0 §2, id_token_signed_response_alg."""
    client = examples.client(
        id_token_signed_response_alg="none", response_types=("code", response_type)
    )
    with pytest.raises(UnfitClient, match="none only where no response type holds id_token"):
        check_signing(client, OFFERED)


def test_a_client_is_told_that_its_algorithm_is_no_longer_offered() -> None:
    client = examples.client(
        id_token_signed_response_alg="PS256", userinfo_signed_response_alg="EdDSA"
    )
    with pytest.raises(UnauthorizedClient, match="ID Tokens signed with PS256"):
        check_id_token_alg(client, OFFERED)
    with pytest.raises(UnauthorizedClient, match="UserInfo signed with EdDSA"):
        userinfo_alg(client, OFFERED)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
def test_a_hash_is_the_left_half_of_sha_256(alg: str) -> None:
    """OpenID Connect Core 1.0 appendix A.3, the example."""
    access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert left_half_hash(access_token, alg) == "77QmUPtjPfzWtF2AnpK9RQ"


def test_with_eddsa_it_is_the_left_half_of_sha_512() -> None:
    """RFC 8032 §5.1: the hash of Ed25519. RFC 6234 §8.5 has the digest of "abc"."""
    half = left_half_hash("abc", "EdDSA")
    assert half is not None
    octets = urlsafe_b64decode(half + "==")
    assert octets.hex() == "ddaf35a193617abacc417349ae204131" + "12e6fa4e89a97ea20a9eeee64b55d39a"


def test_without_a_signature_there_is_no_hash() -> None:
    assert left_half_hash("abc", "none") is None


def test_an_unsecured_jwt_has_the_header_alg_none_and_an_empty_signature() -> None:
    """RFC 7519 §6.1."""
    header, claims, signature = unsecured_jwt({"iss": "joe", "name": "张伟"}).split(".")
    assert decoded(header) == {"alg": "none"}
    assert decoded(claims) == {"iss": "joe", "name": "张伟"}
    assert not signature
    # RFC 7519 §6.1, the example's first part
    assert header == "eyJhbGciOiAibm9uZSJ9"
