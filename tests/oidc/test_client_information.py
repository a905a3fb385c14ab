"""What a client is told of its registration: RFC 7591 §3.2.1, RFC 7592 §3."""

from dataclasses import fields, replace
from typing import Any

from bridge.oidc.client import Client
from bridge.oidc.client_information import REGISTERED, Credentials, client_information
from tests.oidc import examples
from tests.oidc.examples import CLIENT, ISSUER

TOKEN = Credentials(registration_access_token="token")

# What no specification names, what is nobody's to know, and what stands apart
NOT_TOLD = {
    *("client_id", "client_secret_hash", "client_secret_sealed", "registration_token_hash"),
    *("resources", "access_token_format", "claims_in_id_token", "email_verified", "nickname"),
    "extra_claims",
    *("consent", "access", "is_self_registered", "is_declared", "wechat_applications"),
    *("former_client_secret_hash", "former_client_secret_sealed"),
    "former_client_secret_expires_at",
}


def told(client: Client, credentials: Credentials = TOKEN) -> dict[str, Any]:
    return client_information(client, credentials, issuer=ISSUER)


def test_every_member_of_a_client_is_told_or_kept_back_on_purpose() -> None:
    assert {field.name for field in fields(Client)} == {*REGISTERED, *NOT_TOLD}


def test_a_client_is_told_what_is_stored() -> None:
    assert told(CLIENT) == {
        "client_id": CLIENT.client_id,
        "client_name": "Relying Party",
        "redirect_uris": CLIENT.redirect_uris,
        "application_type": "web",
        "response_types": ("code",),
        "grant_types": ("authorization_code",),
        "scope": "openid profile email",
        "token_endpoint_auth_method": "client_secret_basic",
        "subject_type": "public",
        "id_token_signed_response_alg": "RS256",
        "client_secret_expires_at": 0,
        "registration_client_uri": f"{ISSUER}/register/{CLIENT.client_id}",
        "registration_access_token": "token",
    }


def test_credentials_are_told_when_they_are_new() -> None:
    new = replace(TOKEN, client_secret="secret", issued_at=1_700_000_000)
    document = told(CLIENT, new)
    assert document["client_secret"] == "secret"
    assert document["client_secret_expires_at"] == 0
    assert document["client_id_issued_at"] == 1_700_000_000


def test_a_client_without_a_secret_is_told_of_none() -> None:
    public = examples.client(client_secret_hash=None, token_endpoint_auth_method="none")
    assert told(public)["token_endpoint_auth_method"] == "none"
    assert "client_secret_expires_at" not in told(public)
    sealed = examples.client(
        client_secret_hash=None,
        client_secret_sealed="sealed",
        token_endpoint_auth_method="client_secret_jwt",
    )
    assert told(sealed)["client_secret_expires_at"] == 0
    assert "sealed" not in repr(told(sealed))


def test_what_is_zero_is_told_and_what_is_nothing_is_not() -> None:
    document = told(examples.client(default_max_age=0, backchannel_logout_session_required=True))
    assert document["default_max_age"] == 0
    assert document["backchannel_logout_session_required"] is True
    assert "frontchannel_logout_session_required" not in document
    assert None not in document.values()
