"""The Config plan."""

import json
import re
from typing import Any

from tests.conformance.suite import Suite

# OpenID Connect Discovery 1.0 §3, RFC 8414 §2 and what the IANA registry adds to them
_KNOWN = """
    issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri registration_endpoint
    scopes_supported response_types_supported response_modes_supported grant_types_supported
    acr_values_supported subject_types_supported id_token_signing_alg_values_supported
    id_token_encryption_alg_values_supported id_token_encryption_enc_values_supported
    userinfo_signing_alg_values_supported userinfo_encryption_alg_values_supported
    userinfo_encryption_enc_values_supported request_object_signing_alg_values_supported
    request_object_encryption_alg_values_supported request_object_encryption_enc_values_supported
    token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported
    display_values_supported claim_types_supported claims_supported service_documentation
    claims_locales_supported ui_locales_supported claims_parameter_supported
    request_parameter_supported request_uri_parameter_supported require_request_uri_registration
    op_policy_uri op_tos_uri revocation_endpoint revocation_endpoint_auth_methods_supported
    revocation_endpoint_auth_signing_alg_values_supported introspection_endpoint
    introspection_endpoint_auth_methods_supported
    introspection_endpoint_auth_signing_alg_values_supported code_challenge_methods_supported
    end_session_endpoint frontchannel_logout_supported frontchannel_logout_session_supported
    backchannel_logout_supported backchannel_logout_session_supported check_session_iframe
    authorization_response_iss_parameter_supported pushed_authorization_request_endpoint
    require_pushed_authorization_requests require_signed_request_object
"""
KNOWN_MEMBERS = frozenset(_KNOWN.split())
# RFC 5646 §2.1, as much of it as a pages' language needs
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
LISTS = (
    *("_values_supported", "_methods_supported", "_types_supported", "scopes_supported"),
    *("claims_supported", "response_modes_supported", "locales_supported"),
)
FLAGS = ("_parameter_supported", "_session_supported", "logout_supported")
ALGORITHMS = {"RS256", "PS256", "ES256", "EdDSA", "none"}


async def discovery_endpoint_verification(suite: Suite) -> None:
    """Every member has its type and its meaning, and none is unknown."""
    told = suite.metadata
    assert told["issuer"] == suite.world.bridge_url
    assert not told.keys() - KNOWN_MEMBERS
    _check_types(told)
    for name, value in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert str(value).startswith("https://"), name
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        assert name in told
    assert set(told["subject_types_supported"]) <= {"public", "pairwise"}
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "RS256" in told["request_object_signing_alg_values_supported"]
    assert set(told["userinfo_signing_alg_values_supported"]) <= ALGORITHMS
    assert "openid" in told["scopes_supported"]
    assert told["claims_supported"]
    assert told["grant_types_supported"]
    assert all(map(LANGUAGE_TAG.fullmatch, told["ui_locales_supported"]))
    # The dynamic variant
    types = {frozenset(value.split()) for value in told["response_types_supported"]}
    needed = ("code", "id_token", "token id_token")
    assert types >= {frozenset(value.split()) for value in needed}
    assert set(told["grant_types_supported"]) >= {"authorization_code", "implicit"}


def _check_types(told: dict[str, Any]) -> None:
    for name, value in told.items():
        if name.endswith(LISTS):
            assert isinstance(value, list), name
            assert value, name
        if name.startswith("require_") or name.endswith(FLAGS):
            assert isinstance(value, bool), name
    assert json.dumps(told).isascii()


async def logout_discovery_endpoint_verification(suite: Suite) -> None:
    """What the logout plans look for."""
    told = suite.metadata
    assert told["end_session_endpoint"].startswith("https://")
    for channel in ("frontchannel", "backchannel"):
        assert told[f"{channel}_logout_supported"] is True
        assert told[f"{channel}_logout_session_supported"] is True
