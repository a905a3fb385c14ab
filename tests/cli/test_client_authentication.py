"""``wechat-oidc client``: how a relying party proves who it is."""

import json
import re
from typing import Any

import pytest

from bridge.client_secrets import ClientSecrets
from tests.cli.terminal import Operator
from tests.cli.test_client import add, registered, with_app
from tests.jose.examples import ec_key, jwk_set, public, rsa_key

__all__ = ["with_app"]

URI = "https://rp.example.com/jwks"


@pytest.fixture
def keys(operator: Operator) -> str:
    """A file with public keys."""
    return file_of(operator, jwk_set(public(ec_key(), kid="e"), public(rsa_key(), use="sig")))


def file_of(operator: Operator, document: object) -> str:
    path = operator.folder / "jwks.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return str(path)


def secret_of(operator: Operator, client_id: str = "app") -> str | None:
    secrets = ClientSecrets(operator.settings().secret_values)
    return secrets.open(registered(operator, client_id), now=0)


# private_key_jwt


def test_who_signs_with_a_key_has_no_secret(operator: Operator, keys: str) -> None:
    for client_id, options in (("app", ("--jwks", keys)), ("other", ("--jwks-uri", URI))):
        method = ("--auth-method", "private_key_jwt")
        printed = add(operator, "--client-id", client_id, *method, *options)
        assert printed["client_secret"] == "none: it signs with a key of its own"
        client = registered(operator, client_id)
        assert not client.is_public
        assert client.client_secret_hash is None
        assert client.client_secret_sealed is None
        assert (client.jwks is None, client.jwks_uri) == (
            (True, URI) if client_id == "other" else (False, None)
        )


def test_of_a_file_of_keys_the_public_halves_are_kept(operator: Operator, keys: str) -> None:
    add(operator, "--client-id", "app", "--jwks", keys)
    assert registered(operator).jwks == jwk_set(
        public(ec_key(), kid="e"), public(rsa_key(), use="sig")
    )


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("no JSON", "is no JSON"),
        ("[" * 60_000, "is no JSON"),
        ("[]", "is no JWK Set"),
        ({}, "must have a list of keys"),
        (jwk_set(ec_key().as_dict(private=True)), "has a secret key"),
        (jwk_set({"kty": "oct", "k": "c2VjcmV0"}), "has a secret key"),
        (jwk_set(public(rsa_key(size=1_024))), "from 2048 to 8192 bits"),
    ],
)
def test_what_is_no_set_of_public_keys_is_refused(
    operator: Operator, document: Any, fault: str
) -> None:
    complaint = operator.misused(
        *("client", "add", "--redirect-uri", "https://a.example/cb"),
        *("--jwks", file_of(operator, document)),
    )
    assert fault in complaint
    assert str(ec_key().as_dict(private=True)["d"]) not in complaint


def test_a_file_that_is_not_there_is_said(operator: Operator) -> None:
    complaint = operator.misused(
        "client", "add", "--redirect-uri", "https://a.example/cb", "--jwks", "nowhere.json"
    )
    assert "No such file" in complaint


@pytest.mark.parametrize("uri", ["http://rp.example.com/jwks", "https://a@rp.example.com/", "x"])
def test_keys_are_fetched_over_https_only(operator: Operator, uri: str) -> None:
    operator.misused("client", "add", "--redirect-uri", "https://a.example/cb", "--jwks-uri", uri)


def test_what_does_not_go_together_is_refused(operator: Operator, keys: str) -> None:
    for options in (
        ("--auth-method", "private_key_jwt"),
        ("--jwks", keys, "--jwks-uri", URI),
        ("--auth-signing-alg", "ES256"),
        ("--auth-method", "client_secret_jwt", "--auth-signing-alg", "ES256"),
        ("--auth-method", "private_key_jwt", "--jwks", keys, "--auth-signing-alg", "HS256"),
        ("--public", "--auth-method", "private_key_jwt", "--jwks", keys),
        ("--public", "--auth-method", "client_secret_jwt"),
    ):
        operator.misused("client", "add", "--redirect-uri", "https://a.example/cb", *options)


# client_secret_jwt


def test_a_secret_that_signs_is_printed_once_and_kept_sealed(operator: Operator) -> None:
    secret = add(operator, "--client-id", "app", "--auth-method", "client_secret_jwt")[
        "client_secret"
    ]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert registered(operator).client_secret_hash is None
    assert secret_of(operator) == secret
    told = operator.told("client", "show", "app") + operator.told("client", "list")
    assert secret not in told
    assert (registered(operator).client_secret_sealed or "") not in told
    for file in (operator.folder / "data").rglob("*"):
        assert file.is_dir() or secret.encode() not in file.read_bytes(), file


# A change of method


@pytest.mark.usefixtures("with_app")
def test_a_change_of_method_gives_the_secret_that_it_needs(operator: Operator, keys: str) -> None:
    former = registered(operator).client_secret_hash
    told = operator.told("client", "update", "app", "--auth-method", "client_secret_post")
    assert "client_secret" not in told
    assert registered(operator).client_secret_hash == former

    told = operator.told("client", "update", "app", "--auth-method", "client_secret_jwt")
    assert f"client_secret  {secret_of(operator)}" in told.splitlines()
    kept = secret_of(operator)
    told = operator.told("client", "update", "app", "--auth-signing-alg", "HS512")
    assert "client_secret" not in told
    assert secret_of(operator) == kept

    method = ("--auth-method", "private_key_jwt", "--jwks", keys)
    operator.misused("client", "update", "app", *method)
    told = operator.told("client", "update", "app", *method, "--auth-signing-alg", "ES256")
    assert "client_secret" not in told
    client = registered(operator)
    assert (client.client_secret_hash, client.client_secret_sealed) == (None, None)
    assert client.token_endpoint_auth_signing_alg == "ES256"


def test_keys_take_the_place_of_an_address_and_back(operator: Operator, keys: str) -> None:
    add(operator, "--client-id", "app", "--jwks", keys)
    operator.told("client", "update", "app", "--jwks-uri", URI)
    assert (registered(operator).jwks, registered(operator).jwks_uri) == (None, URI)
    operator.told("client", "update", "app", "--jwks", keys)
    assert registered(operator).jwks is not None
    assert registered(operator).jwks_uri is None


# The doctor


def test_check_names_the_clients_whose_secret_cannot_be_opened(operator: Operator) -> None:
    """Somebody has added it with other settings than those of the server."""
    method = ("--auth-method", "client_secret_jwt")
    add(operator, "--client-id", "good", *method)
    another = operator.with_settings(SECRETS="another secret of at least 32 bytes")
    add(another, "--client-id", "app", *method)
    told = operator.run("check").stdout
    assert re.search(r"secrets +FAILED +none of the secrets opens the secret of app: add", told)
