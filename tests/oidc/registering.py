"""Client metadata, and a provider at which everything may be registered."""

from typing import Any

import pytest

from bridge.oidc.client import Client
from bridge.oidc.client_capabilities import Registrable
from bridge.oidc.client_metadata import ClientMetadata
from bridge.oidc.client_registration import registered, unregistered
from bridge.oidc.errors import OAuthError
from bridge.oidc.registration_access import RegistrationPolicy
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from tests.oidc.examples import REDIRECT_URI

SCOPE = ("openid", "profile", "email")
POLICY = RegistrationPolicy(mode="open", token_hashes=(), scopes=SCOPE, access=("u-1",))
NOBODY = unregistered("s6BhdRkqt3", POLICY)

METADATA: dict[str, object] = {
    "scopes_supported": ["openid", "profile", "email", "wechat", "offline_access"],
    "response_types_supported": list(RESPONSE_TYPES_SUPPORTED),
    "grant_types_supported": ["authorization_code", "implicit", "refresh_token"],
    "subject_types_supported": ["public", "pairwise"],
    "token_endpoint_auth_methods_supported": [
        *("client_secret_basic", "client_secret_post", "client_secret_jwt"),
        *("private_key_jwt", "none"),
    ],
    "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
    "id_token_signing_alg_values_supported": ["RS256", "ES256", "none"],
    "id_token_encryption_alg_values_supported": ["RSA-OAEP-256"],
    "id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
    "userinfo_signing_alg_values_supported": ["RS256"],
    "userinfo_encryption_alg_values_supported": ["ECDH-ES"],
    "userinfo_encryption_enc_values_supported": ["A256GCM"],
    "request_parameter_supported": True,
    "request_uri_parameter_supported": True,
    "request_object_signing_alg_values_supported": ["none", "RS256"],
    "pushed_authorization_request_endpoint": "https://id.example.com/par",
    "frontchannel_logout_supported": True,
    "backchannel_logout_supported": True,
}

EVERYTHING = Registrable(METADATA, SCOPE)


def register(known: Client = NOBODY, /, **metadata: Any) -> Client:
    """Register with one redirect URI, unless another is given."""
    sent = {"redirect_uris": [REDIRECT_URI]} | metadata
    return registered(known, ClientMetadata(sent), EVERYTHING)


def refusal(**metadata: Any) -> str:
    """The error code and the description, with which it is refused."""
    with pytest.raises(OAuthError) as refused:
        register(**metadata)
    description = refused.value.description
    assert description.isascii()
    assert refused.value.status == 400
    return f"{refused.value.error}: {description}"
