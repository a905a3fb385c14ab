"""Addresses that a client registers: RFC 3986."""

import pytest

from bridge.oidc.https_uri import UnfitURI, check_https_uri


@pytest.mark.parametrize(
    "uri", ["https://rp.example", "https://rp.example:8443/a/b?c=%20d", "https://[2001:db8::1]/"]
)
def test_what_may_be_registered(uri: str) -> None:
    check_https_uri(uri)
    check_https_uri(f"{uri}#fragment", may_have_fragment=True)


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("http://rp.example", "must begin with https://"),
        ("//rp.example", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
        ("https:rp.example", "names no host"),
        ("https://:8443/", "names no host"),
        ("https://rp.example:port/", "is malformed"),
        ("https://rp.example:70000/", "is malformed"),
        ("https://[::1/", "is malformed"),
        ("https://rp.example@evil.example/", "holds a user name"),
        ("https://rp.example/#", "has a fragment"),
        ("https://rp.example/ä", "holds other characters than those of RFC 3986"),
        ("https://rp.example\\@evil.example/", "holds other characters than those of RFC 3986"),
        ("https://rp.example/%2", "holds other characters than those of RFC 3986"),
        ("https://rp.example/" + "a" * 1_982, "is longer than 2000 characters"),
    ],
)
def test_what_may_not_be_registered(uri: str, fault: str) -> None:
    with pytest.raises(UnfitURI) as refused:
        check_https_uri(uri)
    assert str(refused.value) == fault
