"""What a client is told of its registration: RFC 7591 §3.2.1, RFC 7592 §3.

All that is stored of what it sent, so that it sees what was narrowed or is by default. What was
passed over is not told.
"""

from dataclasses import dataclass
from typing import Any

from bridge.oidc.client import Client
from bridge.oidc.client_registration import DEFAULT_AUTH_METHOD, is_told_default

REGISTERED = (
    "client_name",
    "redirect_uris",
    "application_type",
    "response_types",
    "grant_types",
    "scope",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "jwks",
    "jwks_uri",
    "subject_type",
    "sector_identifier_uri",
    "id_token_signed_response_alg",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "default_max_age",
    "request_object_signing_alg",
    "request_uris",
    "require_pushed_authorization_requests",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "contacts",
    "initiate_login_uri",
    "post_logout_redirect_uris",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What is told once, and kept as a hash.

    ``issued_at`` is known when the client is new, ``client_secret`` when that is.
    """

    registration_access_token: str
    client_secret: str | None = None
    issued_at: int | None = None


def client_information(client: Client, credentials: Credentials, *, issuer: str) -> dict[str, Any]:
    """Return the Client Information Response."""
    told: dict[str, Any] = {"client_id": client.client_id}
    if credentials.issued_at is not None:
        told["client_id_issued_at"] = credentials.issued_at
    if credentials.client_secret is not None:
        told["client_secret"] = credentials.client_secret
    if has_secret(client):
        told["client_secret_expires_at"] = 0  # never
    members = {name: getattr(client, name) for name in REGISTERED}
    members["scope"] = " ".join(client.scope)
    if is_told_default(client):
        members["token_endpoint_auth_method"] = DEFAULT_AUTH_METHOD
    told |= {
        name: value
        for name, value in members.items()
        if value is not None and value is not False and value != ()
    }
    told["registration_client_uri"] = registration_client_uri(client.client_id, issuer=issuer)
    told["registration_access_token"] = credentials.registration_access_token
    return told


def has_secret(client: Client) -> bool:
    return client.client_secret_hash is not None or client.client_secret_sealed is not None


def registration_client_uri(client_id: str, *, issuer: str) -> str:
    return f"{issuer}/register/{client_id}"
