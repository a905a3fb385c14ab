"""OpenID Provider Metadata: OpenID Connect Discovery 1.0 §3, RFC 8414 §2.

Only what is done is listed.
"""

from dataclasses import dataclass

from bridge.oidc.claims import claims_supported
from bridge.oidc.client_authentication import (
    ASSERTION_ALGORITHMS,
    CONFIDENTIAL_METHODS,
    METHODS,
)
from bridge.oidc.encryption import CONTENT_ENCRYPTIONS, ENCRYPTION_ALGORITHMS
from bridge.oidc.request_object import ALGORITHMS_SUPPORTED
from bridge.oidc.response_type import RESPONSE_MODES_SUPPORTED, RESPONSE_TYPES_SUPPORTED
from bridge.oidc.signing import UNSIGNED
from bridge.oidc.subject import SUBJECT_TYPES_SUPPORTED
from bridge.oidc.token_request import GRANT_TYPES_SUPPORTED, TOKEN_EXCHANGE

Metadata = dict[str, str | list[str] | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the operator's settings, the keys and the pages decide of it."""

    signing_algorithms: tuple[str, ...]
    ui_locales: tuple[str, ...]
    scopes: tuple[str, ...]
    # What sign-ins by the operator's applications at WeChat have
    acr_values: tuple[str, ...]
    # Whether clients may register themselves
    registration: bool = False
    # Whether there is an application of WeChat's whose codes may be exchanged
    token_exchange: bool = False


def provider_metadata(issuer: str, offered: Offered) -> Metadata:
    """Return the document; RS256 stands first among the algorithms, as some consumers take it."""
    metadata: Metadata = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/end_session",
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "require_pushed_authorization_requests": False,
        "revocation_endpoint": f"{issuer}/revoke",
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint": f"{issuer}/introspect",
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "scopes_supported": list(offered.scopes),
        "response_types_supported": list(RESPONSE_TYPES_SUPPORTED),
        "response_modes_supported": list(RESPONSE_MODES_SUPPORTED),
        "grant_types_supported": list(GRANT_TYPES_SUPPORTED),
        "subject_types_supported": list(SUBJECT_TYPES_SUPPORTED),
        "acr_values_supported": list(offered.acr_values),
        "id_token_signing_alg_values_supported": [*offered.signing_algorithms, UNSIGNED],
        "userinfo_signing_alg_values_supported": list(offered.signing_algorithms),
        "id_token_encryption_alg_values_supported": list(ENCRYPTION_ALGORITHMS),
        "id_token_encryption_enc_values_supported": list(CONTENT_ENCRYPTIONS),
        "userinfo_encryption_alg_values_supported": list(ENCRYPTION_ALGORITHMS),
        "userinfo_encryption_enc_values_supported": list(CONTENT_ENCRYPTIONS),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": list(claims_supported(offered.scopes)),
        "ui_locales_supported": list(offered.ui_locales),
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(ALGORITHMS_SUPPORTED),
        "authorization_response_iss_parameter_supported": True,
    }
    if offered.token_exchange:
        metadata["grant_types_supported"] = [*GRANT_TYPES_SUPPORTED, TOKEN_EXCHANGE]
    if offered.registration:
        metadata["registration_endpoint"] = f"{issuer}/register"
    return metadata
