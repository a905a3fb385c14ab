"""OpenID Connect Front-Channel Logout 1.0 §2, Back-Channel Logout 1.0 §2.2."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.logout_uri import (
    UnfitLogoutURI,
    check_backchannel_logout_uri,
    check_frontchannel_logout_uri,
    check_shares_origin,
    frontchannel_logout_url,
)
from bridge.oidc.redirect_uri import origins
from tests.oidc.examples import ISSUER

UNFIT = (
    "",
    "/signed-out",
    "//rp.example.org/out",
    "rp.example.org/out",
    "https:///out",
    "https://rp.example.org/out#here",
    "https://rp.example.org/a b",
    'https://rp.example.org/"><script>',
    "https://rp.example.org:port/",
    "https://rp.example.org:65536/",
    "https://user@rp.example.org/",
    "https://user:secret@rp.example.org/",
    "https://[::1/out",
    "https://rp.example.org/%zz",
    "javascript:alert(1)",
    "data:text/html,out",
    "http://rp.example.org/out",
    "http://localhost.evil.example/out",
)


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example.org/out",
        "https://rp.example.org",
        "https://RP.example.org:8443/out?kept=1&more=%20",
        "https://192.0.2.1/out",
        "http://localhost:3000/out",
        "http://127.0.0.1:3000/out",
    ],
)
def test_a_site_may_be_framed(uri: str) -> None:
    check_frontchannel_logout_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *UNFIT,
        "https://rp.example.org;script-src%20*/out",
        "https://rp.example.org;script-src/out",
        "https://rp.example.org,evil.example/out",
        "https://*.example.org/out",
        "https://*/out",
        "https://'self'/out",
        "https://[2001:db8::1]/out",
        "http://[::1]:3000/out",
        "https://rp.example.org/out?iss=x",
        "https://rp.example.org/out?a=1;sid=x",
        "com.example.app:/out",
    ],
)
def test_what_a_policy_cannot_name_or_a_page_cannot_hold_is_not_framed(uri: str) -> None:
    with pytest.raises(UnfitLogoutURI):
        check_frontchannel_logout_uri(uri)


@given(st.text(st.sampled_from("htps:/@.;,'*[]#? x1-"), max_size=30))
def test_no_host_that_is_framed_can_end_the_policy_that_names_it(tail: str) -> None:
    """CSP3 §2.3.1: a source has no space, semicolon, comma, quotation mark or wildcard."""
    uri = f"https://rp{tail}"
    try:
        check_frontchannel_logout_uri(uri)
    except UnfitLogoutURI:
        return
    (origin,) = origins((uri,))
    assert not set(" ;,'*@[]") & set(origin)


def test_who_registers_itself_is_told_at_its_own_origin_only() -> None:
    """Front-Channel Logout §2: "The domain, port, and scheme of this URL MUST be the same"."""
    redirect_uris = ("https://rp.example.org/cb", "https://rp.example.org:8443/cb", "com.x:/cb")
    for same in ("https://rp.example.org/out", "https://RP.example.org:443/", redirect_uris[1]):
        check_shares_origin(same, redirect_uris)
    for other in (
        "https://evil.example/out",
        "https://rp.example.org:9443/out",
        "http://rp.example.org/out",
        "https://rp.example.org.evil.example/out",
    ):
        with pytest.raises(UnfitLogoutURI, match="of a redirect URI"):
            check_shares_origin(other, redirect_uris)


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example.org/back?kept=1",
        "https://rp.example.org:8443",
        "https://[2001:db8::1]/back",
    ],
)
def test_a_token_may_be_posted_by_https(uri: str) -> None:
    check_backchannel_logout_uri(uri)


@pytest.mark.parametrize("uri", [*UNFIT, "http://localhost:3000/back", "com.example.app:/back"])
def test_a_token_is_posted_nowhere_else(uri: str) -> None:
    """Back-Channel Logout §2.2: absolute, without a fragment; and here https only."""
    with pytest.raises(UnfitLogoutURI):
        check_backchannel_logout_uri(uri)


@pytest.mark.parametrize(
    ("registered", "joint"),
    [
        ("https://rp.example.org/out", "?"),
        ("https://rp.example.org/out?", ""),
        ("https://rp.example.org/out?kept=1", "&"),
    ],
)
def test_issuer_and_session_are_added_to_what_is_registered(registered: str, joint: str) -> None:
    """Front-Channel Logout §3: both, and nothing else."""
    url = frontchannel_logout_url(registered, issuer=ISSUER, sid="s/1")
    assert url.startswith(registered + joint + "iss=")
    kept = parse_qsl(urlsplit(registered).query)
    assert parse_qsl(urlsplit(url).query) == [*kept, ("iss", ISSUER), ("sid", "s/1")]
