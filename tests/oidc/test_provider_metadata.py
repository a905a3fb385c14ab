"""OpenID Connect Discovery 1.0 §3 and RFC 8414 §2, judged also by Authlib's reading of them."""

import json
from typing import Any

import pytest
from authlib.oauth2 import rfc8414, rfc9207
from authlib.oidc.discovery import OpenIDProviderMetadata

from bridge.oidc.authentication import ACR_VALUES
from bridge.oidc.provider_metadata import Offered, provider_metadata
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from bridge.oidc.scope import SCOPES_BY_DEFAULT
from tests.oidc.examples import ISSUER

METADATA: dict[str, Any] = dict(
    provider_metadata(
        ISSUER,
        Offered(
            signing_algorithms=("RS256", "ES256"),
            ui_locales=("zh-CN", "en"),
            scopes=SCOPES_BY_DEFAULT,
            acr_values=ACR_VALUES,
        ),
    )
)


def test_authlib_finds_nothing_wrong_with_it_as_openid_provider_metadata() -> None:
    """OpenID Connect Discovery 1.0 §3."""
    OpenIDProviderMetadata(METADATA).validate()


def test_authlib_finds_nothing_wrong_with_it_as_authorization_server_metadata() -> None:
    """RFC 8414 §2, RFC 9207 §3."""
    rfc8414.AuthorizationServerMetadata(METADATA).validate(
        metadata_classes=[rfc9207.AuthorizationServerMetadata]
    )


def test_every_member_has_a_name_in_the_specifications() -> None:
    """Discovery 1.0 §3, RFC 8414 §2, RFC 9207 §3, RFC 9126 §5: the suite warns of others."""
    known = {
        *OpenIDProviderMetadata.REGISTRY_KEYS,
        *rfc8414.AuthorizationServerMetadata.REGISTRY_KEYS,
    }
    known |= {*rfc9207.AuthorizationServerMetadata.REGISTRY_KEYS}
    known.add("userinfo_endpoint")  # Authlib 1.9 does not list it
    known |= {"pushed_authorization_request_endpoint", "require_pushed_authorization_requests"}
    known.add("end_session_endpoint")  # OpenID Connect RP-Initiated Logout 1.0 §2.1
    # OpenID Connect Front-Channel Logout 1.0 §3, Back-Channel Logout 1.0 §2.1
    for channel in ("frontchannel", "backchannel"):
        known |= {f"{channel}_logout_supported", f"{channel}_logout_session_supported"}
    assert METADATA.keys() <= known


def test_the_issuer_is_told_as_it_was_given() -> None:
    """OpenID Connect Discovery 1.0 §4.3: compared character by character."""
    assert METADATA["issuer"] == ISSUER


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks"),
        ("end_session_endpoint", "/end_session"),
        ("revocation_endpoint", "/revoke"),
        ("introspection_endpoint", "/introspect"),
        ("pushed_authorization_request_endpoint", "/par"),
    ],
)
def test_every_endpoint_is_below_the_issuer(member: str, path: str) -> None:
    """OpenID Connect Discovery 1.0 §3: https wherever the issuer is."""
    assert METADATA[member] == ISSUER + path


def test_rs256_stands_first() -> None:
    """OpenID Connect Discovery 1.0 §3 demands it; some consumers take the first."""
    assert METADATA["id_token_signing_alg_values_supported"] == ["RS256", "ES256", "none"]
    assert METADATA["userinfo_signing_alg_values_supported"] == ["RS256", "ES256"]


def test_basic_and_post_are_both_offered() -> None:
    """Synapse wants the one to be listed, Nextcloud and Entra the other."""
    methods = METADATA["token_endpoint_auth_methods_supported"]
    assert methods[:2] == ["client_secret_basic", "client_secret_post"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("response_types_supported", list(RESPONSE_TYPES_SUPPORTED)),
        ("response_modes_supported", ["query", "fragment", "form_post"]),
        ("grant_types_supported", ["authorization_code", "refresh_token", "implicit"]),
        ("claims_parameter_supported", True),
        ("frontchannel_logout_supported", True),
        ("frontchannel_logout_session_supported", True),
        ("backchannel_logout_supported", True),
        ("backchannel_logout_session_supported", True),
        ("request_parameter_supported", True),
        ("request_uri_parameter_supported", True),
        ("require_request_uri_registration", True),
        (
            "request_object_signing_alg_values_supported",
            ["RS256", "PS256", "ES256", "EdDSA", "none"],
        ),
        ("acr_values_supported", list(ACR_VALUES)),
        (
            "introspection_endpoint_auth_methods_supported",
            ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"],
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            ["RS256", "PS256", "ES256", "EdDSA", "HS256", "HS384", "HS512"],
        ),
        ("subject_types_supported", ["public", "pairwise"]),
        ("code_challenge_methods_supported", ["S256"]),
        ("scopes_supported", ["openid", "profile", "email", "groups", "wechat", "offline_access"]),
        ("authorization_response_iss_parameter_supported", True),
    ],
)
def test_what_is_done_is_listed(member: str, value: object) -> None:
    """OpenID Connect Discovery 1.0 §3, RFC 8414 §2, RFC 9207 §3."""
    assert METADATA[member] == value


def test_token_exchange_is_listed_where_there_is_something_to_exchange() -> None:
    """RFC 8693 §2.1."""
    offered = Offered(
        signing_algorithms=("RS256",),
        ui_locales=("en",),
        scopes=SCOPES_BY_DEFAULT,
        acr_values=(),
        token_exchange=True,
    )
    assert provider_metadata(ISSUER, offered)["grant_types_supported"] == [
        *METADATA["grant_types_supported"],
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]


def test_no_client_has_to_push_unless_it_is_registered_so() -> None:
    """RFC 9126 §5."""
    assert METADATA["require_pushed_authorization_requests"] is False


def test_no_list_is_empty_and_none_repeats_a_value() -> None:
    """RFC 8414 §3.2: "Claims with zero elements MUST be omitted"."""
    for member, value in METADATA.items():
        if isinstance(value, list):
            assert value, member
            assert len(value) == len(set(value)), member  # pyright: ignore[reportUnknownArgumentType]
    assert json.loads(json.dumps(METADATA)) == METADATA
