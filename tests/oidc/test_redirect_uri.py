"""RFC 6749 §3.1.2, RFC 9700 §2.1, RFC 8252 §7."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.oidc.client import ApplicationType
from bridge.oidc.redirect_uri import (
    UnfitRedirectURI,
    check_redirect_uri,
    is_insecure,
    is_registered,
    origins,
)

WEB = "https://rp.example.org/callback?kept=1"

# As consumers register them
FIT = (
    WEB,
    "https://rp.example.org",
    "https://rp.example.org/",
    "https://rp.example.org/?openidconnectcallback=1",
    "https://rp.example.org?openidconnectcallback=1",
    "https://rp.example.org:8443/auth/oidc.callback",
    "https://rp.example.org/a%20b/%E5%BC%A0",
    "http://localhost:8085/auth/callback",
    "http://127.0.0.1/callback",
    "http://[::1]:8000/callback",
    "com.example.app:/oauth2redirect/example-provider",
    "app.immich:///oauth-callback",
)
LOOPBACK = ("http://127.0.0.1{}/cb", "http://[::1]{}/cb", "http://localhost{}/cb", "http://[::1]{}")
PORTS = st.none() | st.integers(1, 65_535)


def with_port(template: str, port: int | None) -> str:
    return template.format("" if port is None else f":{port}")


@pytest.mark.parametrize("redirect_uri", FIT)
@pytest.mark.parametrize("application_type", ["web", "native"])
def test_what_is_registered_may_be_asked_for(
    redirect_uri: str, application_type: ApplicationType
) -> None:
    """RFC 6749 §3.1.2.3."""
    check_redirect_uri(redirect_uri)
    assert is_registered(redirect_uri, (WEB, redirect_uri), application_type)


@given(st.sampled_from(FIT), st.data())
def test_no_uri_that_differs_in_any_character_passes_for_a_web_client(
    registered: str, data: st.DataObject
) -> None:
    """RFC 9700 §2.1 and §4.1.3: "exact string matching"."""
    start = data.draw(st.integers(0, len(registered)))
    end = data.draw(st.integers(start, min(len(registered), start + 2)))
    put = data.draw(st.text(st.sampled_from("/\\?#@:.%&=aA0\t\n ") | st.characters(), max_size=3))
    asked = registered[:start] + put + registered[end:]
    assume(asked != registered)
    assert not is_registered(asked, (registered,), "web")


TRICKS = (
    "https://rp.example.org@evil.example/callback?kept=1",
    "https://evil.example\\@rp.example.org/callback?kept=1",
    "https://evil.example#@rp.example.org/callback?kept=1",
    "https://rp.example.org.evil.example/callback?kept=1",
    "https://evilrp.example.org/callback?kept=1",
    "https://rp.example.org%2Fcallback?kept=1",
    "https://rp.example.org/%63allback?kept=1",
    "https://rp.example.org/x/../callback?kept=1",
    "https://rp.example.org//callback?kept=1",
    "https://rp.example.org/callback/?kept=1",
    "https://rp.example.org/callback?kept=1#fragment",
    "https://rp.example.org/callback?kept=1&more=2",
    "https://rp.example.org/callback",
    "https://rp.example.org/callback?",
    "https://RP.example.org/callback?kept=1",
    "HTTPS://rp.example.org/callback?kept=1",
    "https://rp.example.org/Callback?kept=1",
    "https://rp.example.org:443/callback?kept=1",
    "https://rp.example.org:8443/callback?kept=1",
    "https://rp.example.org./callback?kept=1",
    "http://rp.example.org/callback?kept=1",
    "//rp.example.org/callback?kept=1",
    "/callback?kept=1",
    " https://rp.example.org/callback?kept=1",
    "https://rp.example.org/callback?kept=1\n",
    "https://rp.example.org/callback?kept=1\0",
    "https://rp\uff0eexample.org/callback?kept=1",
    "javascript:alert(1)//https://rp.example.org/callback?kept=1",
    "data:text/html,x",
    "",
)


@pytest.mark.parametrize("asked", TRICKS)
@pytest.mark.parametrize("application_type", ["web", "native"])
def test_a_trick_does_not_pass(asked: str, application_type: ApplicationType) -> None:
    """RFC 9700 §4.1.1: what looks alike, or is alike to some parser."""
    assert not is_registered(asked, (WEB,), application_type)


@given(st.sampled_from(LOOPBACK), PORTS, PORTS)
def test_a_native_client_on_loopback_may_use_any_port(
    template: str, registered: int | None, asked: int | None
) -> None:
    """RFC 8252 §7.3."""
    known = (with_port(template, registered),)
    assert is_registered(with_port(template, asked), known, "native")


@given(st.sampled_from(LOOPBACK), PORTS, PORTS)
def test_a_web_client_on_loopback_uses_the_port_that_it_registered(
    template: str, registered: int | None, asked: int | None
) -> None:
    """RFC 9700 §2.1: the exception is for native apps."""
    known = (with_port(template, registered),)
    assert is_registered(with_port(template, asked), known, "web") == (registered == asked)


@pytest.mark.parametrize(
    "asked",
    [
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/CB",
        "http://127.0.0.1:51004/cb?x=1",
        "http://127.0.0.1:51004/cb#x",
        "http://127.0.0.1:51004/cb\n",
        "http://127.0.0.1:51004",
        "https://127.0.0.1:51004/cb",
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "http://127.0.0.2:51004/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1:@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:x/cb",
        "http://127.0.0.1:-1/cb",
        "http://127.0.0.1:\u0661/cb",
        "http://127.0.0.1:510040/cb",
        "http://user@127.0.0.1:51004/cb",
        "HTTP://127.0.0.1:51004/cb",
    ],
)
def test_a_native_client_on_loopback_changes_nothing_but_the_port(asked: str) -> None:
    """RFC 8252 §7.3 and §8.4."""
    assert not is_registered(asked, ("http://127.0.0.1/cb",), "native")


def test_the_port_of_another_host_than_loopback_is_fixed() -> None:
    """RFC 8252 §7.3, RFC 9700 §2.1."""
    assert not is_registered("http://rp.example:2/cb", ("http://rp.example:1/cb",), "native")
    assert not is_registered("http://127.0.0.1:2/cb", ("https://rp.example/cb",), "native")


@pytest.mark.parametrize(
    ("redirect_uri", "reason"),
    [
        ("https://rp.example/cb#", "fragment"),
        ("https://rp.example/cb#x", "fragment"),
        ("/cb", "absolute"),
        ("//rp.example/cb", "absolute"),
        ("rp.example/cb", "absolute"),
        ("https://rp.example/cb?code=1", "cannot hold code"),
        ("https://rp.example/cb?a=b&state=x", "cannot hold state"),
        ("https://rp.example/cb?%69ss=x", "cannot hold iss"),
        ("https://rp.example/cb?code", "cannot hold code"),
        ("https://rp.example/cb?state=", "cannot hold state"),
        ("javascript:alert(1)", "absolute"),
        ("JavaScript:alert(1)", "absolute"),
        ("data:text/html,x", "absolute"),
        ("vbscript:x", "absolute"),
        ("file:///etc/passwd", "absolute"),
        ("blob:https://rp.example/x", "absolute"),
        ("https:///cb", "no host"),
        ("https:rp.example/cb", "no host"),
        ("https://:443/cb", "no host"),
        ("https://user@rp.example/cb", "user name"),
        ("https://user:password@rp.example/cb", "user name"),
        ("https://@rp.example/cb", "user name"),
        ("https://rp.example:99999/cb", "malformed"),
        ("https://rp.example:x/cb", "malformed"),
        ("https://[::1/cb", "malformed"),
        ("myapp:/cb", "reversed domain name"),
        ("intent://rp.example/cb", "reversed domain name"),
        ("", "characters"),
        ("https://rp.example/a b", "characters"),
        ("https://rp.example/张", "characters"),
        ("https://rp.example/%zz", "characters"),
        ("https://rp.example/%", "characters"),
        ("https://rp.example\\@evil.example/", "characters"),
        ("https://rp.example/\r\nSet-Cookie:x", "characters"),
        ("https://rp.example/cb\n", "characters"),
        ("\x01javascript:alert(1)", "characters"),
        (" https://rp.example/cb", "characters"),
    ],
)
def test_what_is_unfit_is_not_registered(redirect_uri: str, reason: str) -> None:
    """RFC 6749 §3.1.2, RFC 8252 §7.1."""
    with pytest.raises(UnfitRedirectURI, match=reason):
        check_redirect_uri(redirect_uri)


@given(st.text() | st.text(st.sampled_from("htps:/[]@#?%.1a")))
def test_whatever_is_registered_is_fit_or_unfit_and_fits_a_header(redirect_uri: str) -> None:
    """RFC 9110 §5.5: a Location header is made of it."""
    try:
        check_redirect_uri(redirect_uri)
    except UnfitRedirectURI:
        return
    assert redirect_uri.isascii()
    assert redirect_uri.isprintable()
    assert " " not in redirect_uri


@pytest.mark.parametrize(
    ("redirect_uri", "insecure"),
    [
        ("http://rp.example/cb", True),
        ("HTTP://rp.example/cb", True),
        ("http://127.0.0.1.rp.example/cb", True),
        ("http://localhost@rp.example/cb", True),
        ("https://rp.example/cb", False),
        ("http://localhost:8080/cb", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:8080/cb", False),
        ("com.example.app:/cb", False),
    ],
)
def test_http_beyond_loopback_is_insecure(redirect_uri: str, insecure: bool) -> None:  # noqa: FBT001 - an example
    """RFC 9700 §2.6, RFC 8252 §7.3."""
    assert is_insecure(redirect_uri) == insecure


def test_the_origin_of_a_page_is_written_as_browsers_do() -> None:
    """RFC 6454 §6.2: host in lower case, no default port; an app's own scheme has none."""
    registered = (
        "https://RP.example.org:443/callback?a=b",
        "https://rp.example.org:8443/callback",
        "http://127.0.0.1:9/cb",
        "com.example.app:/oauth2redirect",
    )
    assert origins(registered) == {
        "https://rp.example.org",
        "https://rp.example.org:8443",
        "http://127.0.0.1:9",
    }
