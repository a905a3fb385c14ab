"""RFC 7591 §2, §3.2; OpenID Connect Dynamic Client Registration 1.0 §2; RFC 7592 §2.2."""

import json
from dataclasses import replace
from typing import Any

import pytest
from authlib.oauth2.rfc7591 import ClientMetadataClaims as OAuthClaims
from authlib.oidc.registration import ClientMetadataClaims as OpenIDClaims
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from bridge.oidc.client_capabilities import Registrable
from bridge.oidc.client_information import Credentials, client_information
from bridge.oidc.client_metadata import ClientMetadata, read_client_metadata
from bridge.oidc.client_registration import (
    check_update,
    needs_secret,
    registered,
)
from bridge.oidc.errors import InvalidClientMetadata, OAuthError
from bridge.oidc.provider_metadata import Offered, provider_metadata
from tests.oidc.examples import ISSUER, REDIRECT_URI, SECRET
from tests.oidc.registering import EVERYTHING, METADATA, NOBODY, SCOPE, refusal, register

PUBLIC_KEY: dict[str, Any] = dict(RSAKey.generate_key(2048, {"kid": "1"}).as_dict(private=False))
JWKS: dict[str, Any] = {"keys": [PUBLIC_KEY]}

TOKEN = Credentials(registration_access_token="token")

# As the conformance suite registers
SUITE: dict[str, Any] = {
    "client_name": "OIDC Conformance test plan",
    "grant_types": ["authorization_code"],
    "jwks": JWKS,
    "token_endpoint_auth_method": "client_secret_basic",
    "response_types": ["code"],
    "redirect_uris": ["https://localhost.example:8443/test/a/x/callback"],
    "contacts": ["certification@oidf.org"],
}


def test_what_nobody_says_has_the_default_of_the_specification() -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2."""
    client = register()
    assert client == replace(
        NOBODY,
        redirect_uris=(REDIRECT_URI,),
        client_name="rp.example.org",
        application_type="web",
        response_types=("code",),
        grant_types=("authorization_code",),
        subject_type="public",
        id_token_signed_response_alg="RS256",
    )
    assert client.is_self_registered
    assert (client.consent, client.access, client.scope) == ("remember", ("u-1",), SCOPE)


def test_the_suites_client_is_registered() -> None:
    client = register(**SUITE)
    assert client.jwks == JWKS
    assert client.contacts == ("certification@oidf.org",)
    assert client.token_endpoint_auth_method == "client_secret_basic"


def test_what_is_not_known_is_ignored() -> None:
    """RFC 7591 §2, §2.2; §3.1.1 of a software statement."""
    unknown = {
        "client_name#zh-Hans": "照片",
        "client_id": "mine",
        "client_secret": "mine",
        "registration_access_token": 1,
        "software_id": 4,
        "software_statement": "a.b.c",
        "tls_client_auth_subject_dn": "x",
        "is_self_registered": False,
        "access": None,
        "consent": "never",
        "client_secret_hash": "0" * 64,
    }
    assert register(**unknown) == register()


# The flow


@pytest.mark.parametrize(
    ("response_types", "grant_types"),
    [
        (["code"], ["authorization_code"]),
        (["id_token"], ["implicit"]),
        (["id_token token"], ["implicit"]),
        (["token id_token"], ["implicit"]),
        (["code id_token"], ["authorization_code", "implicit"]),
        (["code token"], ["authorization_code", "implicit"]),
        (["code", "id_token"], ["authorization_code", "implicit"]),
    ],
)
def test_grant_types_follow_from_response_types_and_must_fit_them(
    response_types: list[str], grant_types: list[str]
) -> None:
    """RFC 7591 §2.1."""
    client = register(response_types=response_types)
    assert client.response_types == tuple(response_types)
    assert client.grant_types == tuple(grant_types)
    assert register(response_types=response_types, grant_types=grant_types) == client
    for missing in grant_types:
        left = [name for name in grant_types if name != missing] + ["refresh_token"]
        assert refusal(response_types=response_types, grant_types=left) == (
            f"invalid_client_metadata: grant_types must hold {missing} for these response_types"
        )


def test_grant_types_that_are_not_offered_are_left_out() -> None:
    """Some clients list all that they know; they are told what is left."""
    device = "urn:ietf:params:oauth:grant-type:device_code"
    asked = ["authorization_code", "refresh_token", device, "password"]
    assert register(grant_types=asked).grant_types == ("authorization_code",)


def test_token_exchange_is_the_operators_to_allow() -> None:
    """Also where it is offered: whose codes a client may hand in is no word of its own."""
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    supported = ["authorization_code", "refresh_token", exchange]
    everything = Registrable(METADATA | {"grant_types_supported": supported}, SCOPE)
    sent = ClientMetadata({"redirect_uris": [REDIRECT_URI], "grant_types": supported})
    assert registered(NOBODY, sent, everything).grant_types == ("authorization_code",)


def test_refresh_tokens_are_for_clients_that_may_ask_for_offline_access() -> None:
    """OpenID Connect Core 1.0 §11."""
    asked = {
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    offline = Registrable(METADATA, (*SCOPE, "offline_access"))
    client = registered(NOBODY, ClientMetadata(asked), offline)
    assert client.scope == (*SCOPE, "offline_access")
    assert client.grant_types == ("authorization_code", "refresh_token")
    online = registered(NOBODY, ClientMetadata(asked | {"scope": "openid"}), offline)
    assert online.grant_types == ("authorization_code",)


@pytest.mark.parametrize("response_type", ["token", "none", "code code", "code  id_token", "x"])
def test_a_response_type_is_one_that_is_offered(response_type: str) -> None:
    told = refusal(response_types=["code", response_type])
    assert told.startswith("invalid_client_metadata: response_types must be among: code, id_token,")


# Authentication


@pytest.mark.parametrize(
    ("method", "more", "secret"),
    [
        (None, {}, True),
        ("client_secret_basic", {}, True),
        ("client_secret_post", {}, True),
        ("client_secret_jwt", {"token_endpoint_auth_signing_alg": "HS256"}, True),
        ("private_key_jwt", {"jwks": JWKS, "token_endpoint_auth_signing_alg": "RS256"}, False),
        ("private_key_jwt", {"jwks_uri": "https://rp.example/keys"}, False),
        ("none", {}, False),
    ],
)
def test_a_client_says_how_it_authenticates(
    method: str | None, more: dict[str, Any], *, secret: bool
) -> None:
    """OpenID Connect Core 1.0 §9."""
    client = register(token_endpoint_auth_method=method, **more)
    assert client.token_endpoint_auth_method == method
    assert needs_secret(client) is secret


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({"token_endpoint_auth_method": "tls_client_auth"}, "token_endpoint_auth_method must be o"),
        (
            {"token_endpoint_auth_method": "private_key_jwt"},
            "private_key_jwt needs jwks or jwks_ur",
        ),
        ({"jwks": JWKS, "jwks_uri": "https://rp.example/"}, "jwks and jwks_uri are not registered"),
        ({"jwks": {"keys": []}}, "jwks must have a list of keys"),
        ({"jwks": [JWKS]}, "jwks must be a JSON object"),
        (
            {"token_endpoint_auth_signing_alg": "none"},
            "token_endpoint_auth_signing_alg must be one",
        ),
        (
            {"token_endpoint_auth_signing_alg": "HS256"},
            "token_endpoint_auth_signing_alg HS256 is f",
        ),
        (
            {"token_endpoint_auth_signing_alg": "RS256"},
            "token_endpoint_auth_signing_alg RS256 is f",
        ),
    ],
)
def test_how_it_does_not_authenticate(metadata: dict[str, Any], fault: str) -> None:
    assert refusal(**metadata).startswith(f"invalid_client_metadata: {fault}")


# What it may ask for, and what it is told


def test_scope_is_narrowed_to_what_such_a_client_may_have() -> None:
    """RFC 7591 §2: a client is told what is left."""
    assert register().scope == SCOPE
    assert register(scope="").scope == SCOPE
    assert register(scope="email wechat  openid groups").scope == ("openid", "email")
    assert refusal(scope="wechat groups") == (
        "invalid_client_metadata: scope holds nothing that a client may register for here"
    )
    assert refusal(scope=["openid"]) == "invalid_client_metadata: scope must be text of one line"
    only_openid = Registrable(METADATA | {"scopes_supported": ["openid"]}, SCOPE)
    sent = ClientMetadata({"redirect_uris": [REDIRECT_URI]})
    assert registered(NOBODY, sent, only_openid).scope == ("openid",)


def test_what_changes_nothing_is_judged_and_not_kept() -> None:
    assert register(require_auth_time=True, default_acr_values=["urn:x"]) == register()
    assert "require_auth_time must be" in refusal(require_auth_time="yes")
    assert "default_acr_values must be" in refusal(default_acr_values="urn:x")


def test_members_about_requests() -> None:
    client = register(
        default_max_age=0,
        request_object_signing_alg="none",
        require_pushed_authorization_requests=True,
    )
    assert client.default_max_age == 0
    assert client.request_object_signing_alg == "none"
    assert client.require_pushed_authorization_requests
    signed = register(request_object_signing_alg="RS256", jwks=JWKS)
    assert signed.request_object_signing_alg == "RS256"
    assert refusal(request_object_signing_alg="RS256").endswith("needs jwks or jwks_uri")
    assert "default_max_age must be from 0" in refusal(default_max_age=-1)


def test_members_about_answers() -> None:
    client = register(
        jwks=JWKS,
        subject_type="pairwise",
        id_token_signed_response_alg="ES256",
        id_token_encrypted_response_alg="RSA-OAEP-256",
        userinfo_signed_response_alg="RS256",
        userinfo_encrypted_response_alg="ECDH-ES",
        userinfo_encrypted_response_enc="A256GCM",
    )
    assert client.subject_type == "pairwise"
    assert client.id_token_signed_response_alg == "ES256"
    assert client.id_token_encrypted_response_enc == "A128CBC-HS256"  # by default
    assert client.userinfo_signed_response_alg == "RS256"
    assert client.userinfo_encrypted_response_enc == "A256GCM"


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({"subject_type": "ephemeral"}, "subject_type must be one of: public, pairwise"),
        (
            {
                "subject_type": "pairwise",
                "redirect_uris": ["https://a.example", "https://b.example"],
            },
            "the redirect URIs of a pairwise client share one host",
        ),
        ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg must be one of"),
        (
            {"id_token_signed_response_alg": "none", "response_types": ["code id_token"]},
            "id_token_signed_response_alg is none only where no response type holds id_token",
        ),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg must be one of"),
        (
            {"id_token_encrypted_response_alg": "RSA-OAEP-256"},
            "id_token_encrypted_response_alg needs jwks or jwks_uri",
        ),
        (
            {
                "id_token_encrypted_response_alg": "RSA-OAEP-256",
                "id_token_signed_response_alg": "none",
                "jwks_uri": "https://rp.example.org/jwks",
            },
            "id_token_encrypted_response_alg is for ID Tokens that are signed",
        ),
        ({"id_token_encrypted_response_alg": "RSA1_5"}, "id_token_encrypted_response_alg must be"),
        (
            {"id_token_encrypted_response_enc": "A256GCM"},
            "id_token_encrypted_response_enc needs id_token_encrypted_response_alg",
        ),
        (
            {"userinfo_encrypted_response_alg": "ECDH-ES"},
            "userinfo_encrypted_response_enc must be one of: A256GCM",
        ),
        (
            {
                "userinfo_encrypted_response_alg": "ECDH-ES",
                "userinfo_encrypted_response_enc": "A256GCM",
            },
            "userinfo_encrypted_response_alg needs jwks or jwks_uri",
        ),
    ],
)
def test_what_is_not_offered_or_does_not_fit_is_refused(
    metadata: dict[str, Any], fault: str
) -> None:
    assert refusal(**metadata).startswith(f"invalid_client_metadata: {fault}")


def test_an_id_token_without_signature_is_for_the_token_endpoint() -> None:
    client = register(id_token_signed_response_alg="none", response_types=["code", "code token"])
    assert client.id_token_signed_response_alg == "none"


def test_what_the_provider_does_not_do_is_ignored_or_refused() -> None:
    """The metadata are the measure: what they do not list cannot be registered."""
    bare = Registrable(
        {
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": ["openid"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        },
        SCOPE,
    )
    ignored = {
        "redirect_uris": [REDIRECT_URI],
        "request_object_signing_alg": "RS256",
        "request_uris": ["https://rp.example/r"],
        "require_pushed_authorization_requests": True,
        "frontchannel_logout_uri": "https://rp.example.org/out",
        "backchannel_logout_uri": "https://rp.example.org/out",
    }
    client = registered(NOBODY, ClientMetadata(ignored), bare)
    assert client.request_object_signing_alg is None
    assert (client.request_uris, client.frontchannel_logout_uri) == ((), None)
    assert (client.backchannel_logout_uri, client.require_pushed_authorization_requests) == (
        None,
        False,
    )
    for name in ("userinfo_signed_response_alg", "id_token_encrypted_response_alg"):
        sent = ClientMetadata({"redirect_uris": [REDIRECT_URI], name: "RS256"})
        with pytest.raises(InvalidClientMetadata, match="is not supported"):
            registered(NOBODY, sent, bare)


# What people are shown


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (REDIRECT_URI, "rp.example.org"),
        ("http://localhost:1234/", "localhost"),
        ("com.example.app:/callback", "com.example.app"),
    ],
)
def test_a_client_without_a_name_is_called_by_where_answers_go(uri: str, name: str) -> None:
    for nothing in ({}, {"client_name": None}, {"client_name": "  "}):
        assert register(redirect_uris=[uri], **nothing).client_name == name


def test_a_name_is_one_line_of_a_reasonable_length() -> None:
    assert register(client_name=" Photos 照片 🙂 ").client_name == "Photos 照片 🙂"
    for name in ("a\nb", "a\u202eb", "a" * 201, 1, ["a"]):
        assert refusal(client_name=name).startswith("invalid_client_metadata: client_name ")
    assert refusal(contacts=["a" * 201]).startswith("invalid_client_metadata: contacts holds")


# Updates


def test_what_is_not_sent_again_is_as_by_default() -> None:
    """RFC 7592 §2.2."""
    before = register(**SUITE, client_uri="https://rp.example", default_max_age=1)
    known = replace(before, client_secret_hash="0" * 64, registration_token_hash="1" * 64)
    after = register(known)
    assert after == replace(
        register(), client_secret_hash="0" * 64, registration_token_hash="1" * 64
    )


def test_what_no_client_says_of_itself_stays() -> None:
    """What the operator has decided since: not the client's to change."""
    decided = replace(
        register(),
        access=(),
        consent="always",
        claims_in_id_token="none",
        email_verified="omit",
        nickname="omit",
        resources=("https://api.example",),
        access_token_format="jwt",
        scope=("openid", "wechat"),
    )
    assert register(decided, scope="openid wechat") == decided
    assert register(decided).scope == SCOPE
    assert register(decided, scope="email wechat").scope == ("email", "wechat")


def test_a_client_that_repeats_what_it_was_told_keeps_both_secret_methods() -> None:
    known = replace(register(), client_secret_hash="0" * 64)
    assert register(known, token_endpoint_auth_method="client_secret_basic") == known
    pinned = register(known, token_endpoint_auth_method="client_secret_post")
    assert pinned.token_endpoint_auth_method == "client_secret_post"
    again = register(pinned, token_endpoint_auth_method="client_secret_basic")
    assert again.token_endpoint_auth_method == "client_secret_basic"


def test_an_update_repeats_who_the_client_is() -> None:
    """RFC 7592 §2.2."""
    known = register()
    for good in ({}, {"client_secret": SECRET}, {"client_secret": None}):
        sent = ClientMetadata({"client_id": known.client_id, **good})
        check_update(known, sent, is_own_secret=SECRET.__eq__)
    for bad in (
        *({}, {"client_id": "another"}, {"client_id": 1}),
        {"client_id": known.client_id, "client_secret": "wrong"},
        {"client_id": known.client_id, "client_secret": "\ud800"},
    ):
        with pytest.raises(InvalidClientMetadata):
            check_update(known, ClientMetadata(bad), is_own_secret=SECRET.__eq__)


# Strangers


def test_authlib_finds_nothing_wrong_with_what_a_client_is_told() -> None:
    """RFC 7591 §3.2.1, OpenID Connect Dynamic Client Registration 1.0 §3.2."""
    offered = Offered(
        signing_algorithms=("RS256",), ui_locales=("en",), scopes=SCOPE, acr_values=()
    )
    metadata = dict(provider_metadata(ISSUER, offered))
    sent = {"redirect_uris": [REDIRECT_URI], "client_uri": "https://rp.example", "jwks": JWKS}
    client = registered(NOBODY, ClientMetadata(sent), Registrable(metadata, SCOPE))
    told = client_information(client, TOKEN, issuer=ISSUER)
    for judge in (OAuthClaims, OpenIDClaims):
        options = judge.get_claims_options(metadata)
        judge(dict(told), {}, options, metadata).validate()


NAMES = st.sampled_from(
    [
        *("redirect_uris", "response_types", "grant_types", "application_type", "client_name"),
        *("token_endpoint_auth_method", "jwks", "jwks_uri", "scope", "subject_type", "contacts"),
        *("sector_identifier_uri", "id_token_signed_response_alg", "default_max_age"),
        *("id_token_encrypted_response_alg", "id_token_encrypted_response_enc", "request_uris"),
        *("frontchannel_logout_uri", "backchannel_logout_uri", "post_logout_redirect_uris"),
        *("require_auth_time", "logo_uri", "request_object_signing_alg"),
    ]
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        *("code", "id_token token", "authorization_code", "implicit", "RS256", "none", "pairwise"),
        *(REDIRECT_URI, "http://[", "https://[::1]:x/", "com.example:/", "https://a@b", "native"),
        *("private_key_jwt", "RSA", "EC", "P-256", "AQAB", "oct", "\ud800", "openid"),
    ]
)
KEYS = st.sampled_from(["keys", "kty", "crv", "x", "y", "n", "e", "d", "kid"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, JSON), st.sampled_from([{}, {"redirect_uris": [REDIRECT_URI]}]))
def test_whatever_is_sent_is_registered_or_refused_by_name(
    sent: dict[str, Any], known: dict[str, Any]
) -> None:
    """Nothing else is ever raised, and what is told can be sent back."""
    client, refused = None, None
    try:
        client = registered(NOBODY, ClientMetadata(sent | known), EVERYTHING)
    except OAuthError as error:
        refused = error
    if refused is not None:
        assert refused.error in {"invalid_redirect_uri", "invalid_client_metadata"}
        assert refused.description.isascii()
        assert refused.description.isprintable()
    if client is not None:
        with_secret = replace(client, client_secret_hash="0" * 64)
        document = client_information(with_secret, TOKEN, issuer=ISSUER)
        text = json.dumps(document, ensure_ascii=False).encode()
        assert registered(with_secret, read_client_metadata(text), EVERYTHING) == with_secret
