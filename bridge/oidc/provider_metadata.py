"""OpenID Provider Metadata: OpenID Connect Discovery 1.0 §3, RFC 8414 §2.

Only what is done is listed. Where the default of the specification promises more than we do
(``request_uri_parameter_supported``), we say so.
"""

from bridge.oidc.claims import CLAIMS_SUPPORTED
from bridge.oidc.client_authentication import METHODS
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.oidc.token_request import GRANT_TYPES_SUPPORTED


def provider_metadata(
    issuer: str, *, signing_algorithms: tuple[str, ...], ui_locales: tuple[str, ...]
) -> dict[str, str | list[str] | bool]:
    """Return the document; RS256 stands first among the algorithms, as some consumers take it."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "scopes_supported": list(SCOPES_SUPPORTED),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES_SUPPORTED),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(signing_algorithms),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": list(CLAIMS_SUPPORTED),
        "ui_locales_supported": list(ui_locales),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }
