"""OpenID Connect Core 1.0 §10.2; Dynamic Client Registration 1.0 §2."""

from typing import Any

import pytest

from bridge.oidc.client import UnfitClient
from bridge.oidc.encryption import (
    Encryption,
    check_encryption,
    id_token_encryption,
    userinfo_encryption,
)
from tests.oidc import examples

KEYS = {"jwks_uri": "https://rp.example.org/jwks"}
TOLD = ("id_token", "userinfo")


def members(told: str, alg: str | None = None, enc: str | None = None) -> dict[str, Any]:
    return {
        f"{told}_encrypted_response_alg": alg,
        f"{told}_encrypted_response_enc": enc,
    }


@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES"])
@pytest.mark.parametrize("enc", ["A256GCM", "A128CBC-HS256"])
def test_each_is_encrypted_as_it_is_registered(alg: str, enc: str) -> None:
    client = examples.client(**members("id_token", alg, enc), **KEYS)
    check_encryption(client)
    assert id_token_encryption(client) == Encryption(alg, enc)
    assert userinfo_encryption(client) is None
    client = examples.client(**members("userinfo", alg, enc), jwks={"keys": []})
    check_encryption(client)
    assert (id_token_encryption(client), userinfo_encryption(client)) == (
        None,
        Encryption(alg, enc),
    )


def test_content_is_encrypted_with_the_default_of_the_specification() -> None:
    """Dynamic Client Registration 1.0 §2: "the default for this value is A128CBC-HS256"."""
    client = examples.client(**members("id_token", "ECDH-ES"), **KEYS)
    check_encryption(client)
    assert id_token_encryption(client) == Encryption("ECDH-ES", "A128CBC-HS256")


def test_nothing_is_encrypted_unless_it_is_registered() -> None:
    client = examples.client(**KEYS)
    check_encryption(client)
    assert id_token_encryption(client) is None
    assert userinfo_encryption(client) is None


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize(
    ("alg", "enc", "why"),
    [
        ("RSA1_5", None, "alg is one of RSA-OAEP-256, ECDH-ES"),
        ("RSA-OAEP", None, "alg is one of RSA-OAEP-256, ECDH-ES"),
        ("dir", None, "alg is one of RSA-OAEP-256, ECDH-ES"),
        ("none", None, "alg is one of RSA-OAEP-256, ECDH-ES"),
        ("ECDH-ES", "A128GCM", "enc is one of A256GCM, A128CBC-HS256"),
        (None, "A256GCM", "enc needs .*_alg"),
    ],
)
def test_what_is_not_done_is_refused(told: str, alg: str, enc: str, why: str) -> None:
    with pytest.raises(UnfitClient, match=f"{told}_encrypted_response_{why}"):
        check_encryption(examples.client(**members(told, alg, enc), **KEYS))


def test_an_id_token_is_signed_before_it_is_encrypted() -> None:
    """OpenID Connect Core 1.0 §2; UserInfo may be encrypted alone (§5.3.2)."""
    unsigned = {"id_token_signed_response_alg": "none"}
    with pytest.raises(UnfitClient, match="that are signed"):
        check_encryption(examples.client(**members("id_token", "ECDH-ES"), **unsigned, **KEYS))
    check_encryption(examples.client(**members("userinfo", "ECDH-ES"), **unsigned, **KEYS))
