"""``wechat-oidc client``: how what an app is told is signed."""

import asyncio
from dataclasses import replace

import pytest

from bridge.app import open_store
from tests.cli.terminal import Operator
from tests.cli.test_client import CALLBACK, registered

ADD = ("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK)


def test_algorithms_are_registered_and_taken_back(operator: Operator) -> None:
    operator.told(*ADD, "--id-token-alg", "none", "--userinfo-alg", "ES256")
    client = registered(operator)
    assert client.id_token_signed_response_alg == "none"
    assert client.userinfo_signed_response_alg == "ES256"
    operator.told("client", "update", "app", "--id-token-alg", "RS256", "--userinfo-alg", "json")
    client = registered(operator)
    assert client.id_token_signed_response_alg == "RS256"
    assert client.userinfo_signed_response_alg is None


@pytest.mark.parametrize("option", ["--id-token-alg", "--userinfo-alg"])
def test_only_an_algorithm_that_the_settings_name_is_registered(
    operator: Operator, option: str
) -> None:
    assert "is one of RS256, ES256" in operator.misused(*ADD, option, "EdDSA")
    operator.with_settings(ALGORITHMS="RS256,EdDSA").told(*ADD, option, "EdDSA")
    # … nor is anything else of that client changed as long as they do not
    assert "is one of RS256, ES256" in operator.misused("client", "update", "app", "--name", "App")


def test_no_id_token_without_a_signature_comes_by_the_front_channel(operator: Operator) -> None:
    """Dynamic Client Registration 1.0 §2: neither at first nor by a later change."""
    unsigned = ("--id-token-alg", "none")
    front = ("--response-type", "id_token")
    assert "none only where" in operator.misused(*ADD, *unsigned, *front)
    operator.told(*ADD, *unsigned)
    assert "none only where" in operator.misused("client", "update", "app", *front)


def test_what_an_app_alone_may_read_needs_a_key_of_its_own(operator: Operator) -> None:
    """OpenID Connect Core 1.0 §10.2."""
    operator.told(*ADD)
    asked = (
        *("client", "update", "app", "--id-token-encryption-alg", "ECDH-ES"),
        *("--id-token-encryption-enc", "A256GCM", "--userinfo-encryption-alg", "RSA-OAEP-256"),
    )
    assert "jwks or jwks_uri" in operator.misused(*asked)
    give_keys(operator)
    operator.told(*asked)
    client = registered(operator)
    assert client.id_token_encrypted_response_alg == "ECDH-ES"
    assert client.id_token_encrypted_response_enc == "A256GCM"
    assert client.userinfo_encrypted_response_alg == "RSA-OAEP-256"
    operator.told("client", "update", "app", "--id-token-encryption-alg", "none")
    client = registered(operator)
    assert client.id_token_encrypted_response_alg is None
    assert client.id_token_encrypted_response_enc is None
    assert client.userinfo_encrypted_response_alg == "RSA-OAEP-256"


def give_keys(operator: Operator) -> None:
    async def change() -> None:
        store = await open_store(operator.settings())
        try:
            uri = "https://app.example.com/jwks"
            await store.change_client("app", lambda client: replace(client, jwks_uri=uri))
        finally:
            await store.close()

    asyncio.run(change())
