"""OpenID Connect Dynamic Client Registration 1.0 §2, §9.2."""

import pytest

from bridge.oidc.presentation import presentation, start_uri
from tests.oidc import examples

MEMBERS = ("client_uri", "logo_uri", "policy_uri", "tos_uri")


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example.org",
        "https://rp.example.org:8443/a/b.png?size=1#top",
        "https://xn--fiq228c.example/%E6%A0%87",
        "https://192.0.2.1?logo",
    ],
)
def test_an_https_address_is_shown_as_it_was_registered(member: str, uri: str) -> None:
    shown = presentation(examples.client(**{member: uri}), examples.REDIRECT_URI)
    assert getattr(shown, member) == uri


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "http://rp.example.org/logo.png",
        "HTTPS://rp.example.org/logo.png",
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://rp.example.org/",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "blob:https://rp.example.org/1",
        "//rp.example.org/logo.png",
        "/static/style.css",
        "https:rp.example.org",
        "https:///logo.png",
        "https://",
        "https://user@rp.example.org/",
        "https://rp.example.org;script-src *",
        "https://rp.example.org,https://evil.example",
        "https://rp.example.org;/logo.png",
        "https://*.example.org/logo.png",
        "https://*/",
        "https://rp.example.org:*/",
        "https://rp.example.org:/",
        "https://rp.example.org\\@evil.example/",
        'https://rp.example.org/"onerror="alert(1)',
        "https://rp.example.org/\nX: y",
        "https://rp.example.org/logo.png\n",
        "https://图.example/logo.png",
        "https://[::1]/logo.png",
    ],
)
def test_nothing_but_an_https_address_is_ever_shown(member: str, uri: str | None) -> None:
    """Whatever registration has let in: nothing of it reaches a page or its policy."""
    shown = presentation(examples.client(**{member: uri}), examples.REDIRECT_URI)
    assert getattr(shown, member) is None
    assert shown.logo_origin is None


@pytest.mark.parametrize(
    ("logo_uri", "origin"),
    [
        ("https://rp.example.org/logo.png", "https://rp.example.org"),
        ("https://rp.example.org:8443?logo", "https://rp.example.org:8443"),
        ("https://rp.example.org/a;b,c/logo.png", "https://rp.example.org"),
    ],
)
def test_the_policy_needs_the_origin_of_the_logo_and_no_more(logo_uri: str, origin: str) -> None:
    """Content Security Policy §2.3.1."""
    shown = presentation(examples.client(logo_uri=logo_uri), examples.REDIRECT_URI)
    assert shown.logo_origin == origin


@pytest.mark.parametrize(
    ("redirect_uri", "destination"),
    [
        ("https://rp.example.org/callback?to=https://evil.example", "rp.example.org"),
        ("https://rp.example.org:8443/callback", "rp.example.org:8443"),
        ("http://127.0.0.1:9/callback", "127.0.0.1:9"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_where_the_person_is_sent_is_shown_of_a_client_that_nobody_vouches_for(
    redirect_uri: str, destination: str
) -> None:
    """RFC 7591 §5: what it says of itself, nobody has looked at."""
    unverified = examples.client(is_self_registered=True)
    assert presentation(unverified, redirect_uri).unverified_at == destination
    assert presentation(examples.client(), redirect_uri).unverified_at is None


def test_a_client_is_called_by_its_name() -> None:
    assert presentation(examples.client(), examples.REDIRECT_URI).name == "Relying Party"


ISSUER = "https://id.example"
ISS = "iss=https%3A%2F%2Fid.example"


@pytest.mark.parametrize(
    ("initiate_login_uri", "expected"),
    [
        ("https://rp.example/login", f"https://rp.example/login?{ISS}"),
        ("https://rp.example/login?a=1", f"https://rp.example/login?a=1&{ISS}"),
        ("https://rp.example/login#top", f"https://rp.example/login?{ISS}#top"),
        ("https://rp.example/?a=1#?", f"https://rp.example/?a=1&{ISS}#?"),
    ],
)
def test_a_sign_in_begins_at_the_relying_partys_login_initiation_endpoint(
    initiate_login_uri: str, expected: str
) -> None:
    """OpenID Connect Core 1.0 §4: ``iss`` is required."""
    client = examples.client(
        initiate_login_uri=initiate_login_uri, client_uri="https://rp.example/"
    )
    assert start_uri(client, ISSUER) == expected


@pytest.mark.parametrize("initiate_login_uri", [None, "javascript:alert(1)", "http://rp.example/"])
def test_without_one_a_sign_in_begins_at_its_home_page(initiate_login_uri: str | None) -> None:
    client = examples.client(
        initiate_login_uri=initiate_login_uri, client_uri="https://rp.example/"
    )
    assert start_uri(client, ISSUER) == "https://rp.example/"


@pytest.mark.parametrize("client_uri", [None, "javascript:alert(1)", "http://rp.example/"])
def test_where_a_sign_in_begins_may_be_unknown(client_uri: str | None) -> None:
    assert start_uri(examples.client(client_uri=client_uri), ISSUER) is None
