"""RFC 9101 and OpenID Connect Core 1.0 §6, as far as they are a matter of values."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.authorization_request import (
    REMEMBERED,
    read_authorization_request,
    verify_redirection,
)
from bridge.oidc.errors import InvalidRequest, InvalidRequestObject, OAuthError
from bridge.oidc.parameters import Parameters
from bridge.oidc.request_object import (
    ALGORITHMS_SUPPORTED,
    SKEW,
    check_request_object,
    read_request_object,
    requested_parameters,
    superseded,
)
from tests.oidc.examples import CLIENT, ISSUER, REDIRECT_URI, TEXT, client, sent

NOW = 1_700_000_000

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
# What may stand in a request object: anything, under names that mean something and others
CLAIMS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        (*REMEMBERED, "registration", "iss", "aud", "exp", "nbf", "sub", "unheard"), JSON
    ),
)


def encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def jwt(header: object, claims: object = None, signature: str = "c2ln") -> str:
    return f"{encoded(header)}.{encoded(claims or {})}.{signature}"


def parameters_in(claims: dict[str, Any]) -> dict[str, str]:
    """All that the endpoint does with claims that are believed."""
    check_request_object(claims, CLIENT, issuer=ISSUER, now=NOW)
    return requested_parameters(claims, CLIENT)


# Taking it apart


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "oauth-authz-req+jwt"])
def test_a_request_object_is_taken_apart(typ: str | None) -> None:
    """RFC 9101 §4, §10.8."""
    header = {"alg": "ES256", "kid": "one"} | ({"typ": typ} if typ else {})
    read = read_request_object(jwt(header, {"state": "s"}), CLIENT)
    assert (read.alg, read.claims) == ("ES256", {"state": "s"})


def test_an_unsigned_one_has_no_signature() -> None:
    """RFC 7515 appendix A.5."""
    assert read_request_object(jwt({"alg": "none"}, signature=""), CLIENT).alg == "none"
    with pytest.raises(InvalidRequestObject):
        read_request_object(jwt({"alg": "none"}), CLIENT)


@pytest.mark.parametrize("alg", ALGORITHMS_SUPPORTED)
def test_a_client_uses_any_algorithm_unless_one_is_registered(alg: str) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2."""
    token = jwt({"alg": alg}, signature="" if alg == "none" else "c2ln")
    for registered in (None, *ALGORITHMS_SUPPORTED, "HS256"):
        asking = client(request_object_signing_alg=registered)
        if registered in (None, alg):
            assert read_request_object(token, asking).alg == alg
        else:
            with pytest.raises(InvalidRequestObject, match="alg"):
                read_request_object(token, asking)


def test_ed25519_is_another_name_of_eddsa() -> None:
    """RFC 9864 §2.2: openid-client 6 uses it."""
    for registered in (None, "EdDSA"):
        asking = client(request_object_signing_alg=registered)
        assert read_request_object(jwt({"alg": "Ed25519"}), asking).alg == "EdDSA"
    with pytest.raises(InvalidRequestObject):
        read_request_object(jwt({"alg": "Ed25519"}), client(request_object_signing_alg="ES256"))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"alg": None},
        {"alg": "HS256"},
        {"alg": "None"},
        {"alg": "NONE"},
        {"alg": ["none"]},
        {"alg": "RS512"},
        {"alg": "RSA-OAEP-256", "enc": "A256GCM"},
        {"alg": "RS256", "typ": "at+jwt"},
        {"alg": "RS256", "typ": "client-authentication+jwt"},
        {"alg": "RS256", "typ": ["JWT"]},
        {"alg": "RS256", "crit": ["b64"], "b64": False},
        [],
        "none",
    ],
)
def test_what_its_header_must_not_say(header: object) -> None:
    """RFC 9101 §4, §10.8; RFC 7515 §4.1.11."""
    with pytest.raises(InvalidRequestObject):
        read_request_object(jwt(header), CLIENT)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "e30.e30.",
        f"{encoded({'alg': 'none'})}.W10.",
        f"{encoded({'alg': 'none'})}.e30=.",
        f"{encoded({'alg': 'none'})}.é.",
        f"{encoded({'alg': 'none'})}.{encoded({})}\n.",
    ],
)
def test_what_is_no_request_object_is_refused(token: str) -> None:
    with pytest.raises(InvalidRequestObject):
        read_request_object(token, CLIENT)


def test_an_encrypted_one_is_refused_by_name() -> None:
    """RFC 9101 §6.1: we publish no key to encrypt to."""
    with pytest.raises(InvalidRequestObject, match="encrypted"):
        read_request_object("a.b.c.d.e", CLIENT)


def test_json_that_nests_too_deeply_is_refused() -> None:
    deep = urlsafe_b64encode(b"[" * 40_000).decode()
    with pytest.raises(InvalidRequestObject):
        read_request_object(f"{encoded({'alg': 'none'})}.{deep}.", CLIENT)


@given(TEXT | st.tuples(TEXT, TEXT, TEXT).map(".".join))
def test_any_text_is_taken_apart_or_refused(token: str) -> None:
    with suppress(OAuthError):
        read_request_object(token, CLIENT)


@given(JSON, JSON, st.sampled_from(["", "c2ln", "!"]))
def test_any_json_is_taken_apart_or_refused(header: object, claims: object, sig: str) -> None:
    with suppress(OAuthError):
        read_request_object(f"{encoded(header)}.{encoded(claims)}.{sig}", CLIENT)


# Whose it is


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": CLIENT.client_id, "aud": ISSUER},
        {"aud": ["https://other.example", ISSUER]},
        {"exp": NOW + 1, "nbf": NOW, "iat": NOW, "jti": "1"},
        {"exp": NOW - SKEW + 1},
        {"nbf": NOW + SKEW},
        {"exp": NOW + 0.5},
    ],
)
def test_one_from_this_client_for_us_in_time_is_good(claims: dict[str, Any]) -> None:
    """RFC 9101 §4; JWT claims are optional in Core §6.1."""
    check_request_object(claims, CLIENT, issuer=ISSUER, now=NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "other"},
        {"iss": None},
        {"iss": [CLIENT.client_id]},
        {"aud": "https://other.example"},
        {"aud": ISSUER + "/"},
        {"aud": []},
        {"aud": None},
        {"aud": {ISSUER: 1}},
        {"exp": NOW - SKEW},
        {"exp": str(NOW + 60)},
        {"exp": True},
        {"exp": None},
        {"exp": float("nan")},
        {"nbf": NOW + SKEW + 1},
        {"nbf": float("nan")},
        {"nbf": "0"},
        {"nbf": True},
        {"sub": CLIENT.client_id},
    ],
)
def test_one_from_another_for_another_or_out_of_time_is_refused(claims: dict[str, Any]) -> None:
    """RFC 9101 §4, §6.3, §10.8."""
    with pytest.raises(InvalidRequestObject):
        check_request_object(claims, CLIENT, issuer=ISSUER, now=NOW)


# What it asks


def test_parameters_are_read_as_a_query_would_hold_them() -> None:
    """RFC 9101 §4: claims as JSON, numbers as numbers."""
    claims = {
        "state": "“引号” &=%",
        "max_age": 10,
        "claims": {"id_token": {"sub": {"value": "é"}}},
        "unheard": {"of": 1},
        "nonce": "",
        "iss": CLIENT.client_id,
    }
    read = parameters_in(claims)
    assert json.loads(read.pop("claims")) == claims["claims"]
    assert read == {"state": "“引号” &=%", "max_age": "10"}
    assert parameters_in({"max_age": "10", "claims": "{}"}) == {"max_age": "10", "claims": "{}"}


@pytest.mark.parametrize(
    "claims",
    [
        {"request": "a.b.c"},
        {"request": None},
        {"request_uri": "https://rp.example.org/request"},
        {"client_id": "other"},
        {"client_id": None},
        {"state": 1},
        {"state": None},
        {"state": ["a"]},
        {"redirect_uri": {"a": 1}},
        {"max_age": True},
        {"max_age": 1.5},
        {"max_age": None},
        {"claims": ["name"]},
        {"nonce": "a\0b"},
        {"nonce": "\ud800"},
    ],
)
def test_what_cannot_be_asked_in_a_request_object(claims: dict[str, Any]) -> None:
    """RFC 9101 §4: no request in a request, no other client's; and only what is text."""
    with pytest.raises(InvalidRequestObject):
        requested_parameters(claims, CLIENT)


def test_a_registration_within_is_still_refused_by_its_name() -> None:
    assert requested_parameters({"registration": {"a": 1}}, CLIENT) == {"registration": '{"a": 1}'}


@given(CLAIMS)
def test_any_claims_are_read_or_refused(claims: dict[str, Any]) -> None:
    """And what is read is as fit for the rest as a query is."""
    with suppress(OAuthError):
        inside = parameters_in(claims)
        parameters = superseded(sent({"redirect_uri": REDIRECT_URI}), inside)
        assert not any("\0" in text for text in parameters.values.values())
        json.dumps(dict(parameters.values), ensure_ascii=False).encode()
        redirection = verify_redirection(parameters, CLIENT)
        read_authorization_request(parameters, CLIENT, redirection)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(REMEMBERED, TEXT)))
def test_an_object_says_the_same_as_a_query(asked: dict[str, str]) -> None:
    """So an unsigned object permits nothing that a query does not."""
    by_query = sent(asked | {"client_id": CLIENT.client_id})
    inside = requested_parameters(asked | {"client_id": CLIENT.client_id}, CLIENT)
    by_object = superseded(sent({"client_id": CLIENT.client_id, "request": "a.b.c"}), inside)
    assert by_object == by_query


# Inside and outside


def test_what_is_inside_wins_and_what_is_outside_alone_counts() -> None:
    """Core §6.1."""
    outside = sent({"state": "outside", "nonce": "outside", "request": "a.b.c"})
    assert superseded(outside, {"state": "inside", "scope": "openid"}) == Parameters(
        {"state": "inside", "nonce": "outside", "scope": "openid"}
    )


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        ("code", "code"),
        ("code", None),
        (None, "code"),
        (None, None),
        ("code id_token", "id_token code"),
    ],
)
def test_response_type_is_the_same_in_both_places(outside: str | None, inside: str | None) -> None:
    """Core §6.1."""
    claims = {"response_type": inside} if inside else {}
    merged = superseded(sent({"response_type": outside}), claims)
    assert merged.get("response_type") == inside or outside


def test_response_type_is_not_two_things() -> None:
    """Core §6.1: "MUST match those in the Request Object"."""
    with pytest.raises(InvalidRequestObject, match="response_type"):
        superseded(sent({"response_type": "code"}), {"response_type": "id_token"})


def test_what_comes_twice_outside_is_refused_whatever_is_inside() -> None:
    """RFC 6749 §3.1."""
    outside = Parameters({"state": "a"}, frozenset({"state"}), frozenset({"nonce"}))
    merged = superseded(outside, {"state": "inside", "nonce": "inside"})
    for name in ("state", "nonce"):
        with pytest.raises(InvalidRequest):
            merged.get(name)


def test_several_resources_are_a_list() -> None:
    """RFC 9101 §4: "JSON arrays" where a parameter may come more than once (RFC 8707 §2)."""
    several = requested_parameters({"resource": ["https://a.example", "urn:b"]}, CLIENT)
    assert Parameters(several).every("resource") == ("https://a.example", "urn:b")
    one = requested_parameters({"resource": "urn:b"}, CLIENT)
    assert Parameters(one).every("resource") == ("urn:b",)
    for wrong in ([1], [["urn:b"]], {"a": 1}):
        with pytest.raises(InvalidRequestObject):
            requested_parameters({"resource": wrong}, CLIENT)
