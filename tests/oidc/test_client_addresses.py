"""Addresses in client metadata: OpenID Connect Dynamic Client Registration 1.0 §2, RFC 8252."""

from typing import Any

import pytest

from tests.oidc.examples import REDIRECT_URI
from tests.oidc.registering import refusal, register

LOOPBACK = "http://127.0.0.1:8080/callback"
APP = "com.example.app:/callback"


def test_redirect_uris_are_needed() -> None:
    for nothing in (list[str](), None):
        assert refusal(redirect_uris=nothing) == (
            "invalid_redirect_uri: redirect_uris is missing: where do answers go?"
        )


@pytest.mark.parametrize(
    "uri",
    [
        f"{REDIRECT_URI}#fragment",
        "https://user@rp.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/callback",
        "/callback",
        "https:///callback",
        "https://rp.example:port/",
        "https://rp.example/?code=1",
        "https://rp.example/\\..",
        "http://rp.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost:80@evil.example/",
        "",
    ],
)
@pytest.mark.parametrize("application_type", [None, "web", "native"])
def test_what_no_client_may_register_is_no_redirect_uri(
    uri: str, application_type: str | None
) -> None:
    told = refusal(redirect_uris=[REDIRECT_URI, uri], application_type=application_type)
    assert told.startswith("invalid_redirect_uri: redirect_uris ")
    if uri:
        told = refusal(post_logout_redirect_uris=[uri], application_type=application_type)
        assert told.startswith("invalid_client_metadata: post_logout_redirect_uris ")


@pytest.mark.parametrize("uri", [LOOPBACK, "http://localhost/", "http://[::1]/", APP])
def test_a_web_client_is_not_on_somebodys_machine(uri: str) -> None:
    told = refusal(redirect_uris=[uri], application_type="web")
    assert told == (
        "invalid_redirect_uri: redirect_uris must be https where application_type is web"
    )


def test_https_on_localhost_is_an_address_like_others() -> None:
    """Whoever answers there has a certificate that the browser trusts."""
    uri = "https://localhost/callback"
    assert register(redirect_uris=[uri]).redirect_uris == (uri,)
    assert register(redirect_uris=[uri], response_types=["code id_token"]).redirect_uris == (uri,)


@pytest.mark.parametrize(
    ("uris", "application_type"),
    [
        ([REDIRECT_URI], "web"),
        ([LOOPBACK], "native"),
        ([APP], "native"),
        # RFC 8252 §7.2: an app may claim https addresses, too
        ([REDIRECT_URI, LOOPBACK], "native"),
    ],
)
def test_a_client_that_does_not_say_is_of_the_type_that_its_addresses_have(
    uris: list[str], application_type: str
) -> None:
    client = register(redirect_uris=uris, post_logout_redirect_uris=uris)
    assert client.application_type == application_type
    assert client.redirect_uris == client.post_logout_redirect_uris == tuple(uris)
    assert register(redirect_uris=uris, application_type="native").application_type == "native"


def test_there_are_two_types_of_application() -> None:
    assert refusal(application_type="browser") == (
        "invalid_client_metadata: application_type must be one of: web, native"
    )


@pytest.mark.parametrize(
    "name",
    [
        *("client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri"),
        *("jwks_uri", "sector_identifier_uri", "backchannel_logout_uri"),
    ],
)
def test_every_other_address_is_https(name: str) -> None:
    uri = "https://elsewhere.example/page"
    assert getattr(register(**{name: uri}), name) == uri
    for bad in ("http://rp.example/", "rp.example", "https://rp.example/#x", "https://a@b/", 1):
        told = refusal(**{name: bad})
        assert told.startswith(f"invalid_client_metadata: {name} ")


def test_request_uris_may_have_fragments() -> None:
    """OpenID Connect Core 1.0 §6.2: the hash of what is there."""
    uris = ("https://rp.example/r#hash",)
    assert register(request_uris=list(uris)).request_uris == uris
    assert refusal(request_uris=["http://rp.example/r"]) == (
        "invalid_client_metadata: request_uris must begin with https://"
    )


def test_a_front_channel_logout_uri_is_at_home() -> None:
    """OpenID Connect Front-Channel Logout 1.0 §2."""
    client = register(
        frontchannel_logout_uri="https://rp.example.org/out",
        frontchannel_logout_session_required=True,
    )
    assert client.frontchannel_logout_uri == "https://rp.example.org/out"
    assert client.frontchannel_logout_session_required
    for uri in (
        *("https://other.example/out", "https://rp.example.org:8443/out", "http://rp.example.org/"),
        *("https://rp.example.org/out#x", "https://rp.example.org/?sid=1"),
    ):
        told = refusal(frontchannel_logout_uri=uri)
        assert told.startswith("invalid_client_metadata: frontchannel_logout_uri cannot be")


def test_a_back_channel_logout_uri_may_be_anywhere() -> None:
    """OpenID Connect Back-Channel Logout 1.0 §2.2."""
    client = register(
        backchannel_logout_uri="https://elsewhere.example/out",
        backchannel_logout_session_required=True,
    )
    assert client.backchannel_logout_session_required
    required: dict[str, Any] = {"backchannel_logout_session_required": "true"}
    assert refusal(**required) == (
        "invalid_client_metadata: backchannel_logout_session_required must be true or false"
    )
