"""OpenID Connect Core 1.0 §6.2: requests by reference."""

import pytest
from hypothesis import given

from bridge.oidc.errors import InvalidRequestUri
from bridge.oidc.request_uri import (
    fetched_request_object,
    registered_request_uri,
)
from tests.oidc.examples import TEXT, client

URI = "https://rp.example.org/request.jwt?a=1"


@pytest.mark.parametrize("registered", [URI, f"{URI}#hash", f"{URI}#"])
@pytest.mark.parametrize("asked", [URI, f"{URI}#hash", f"{URI}#another"])
def test_a_registered_one_is_fetched_without_its_fragment(registered: str, asked: str) -> None:
    """§6.2: the fragment may be a hash of what was there."""
    assert registered_request_uri(asked, client(request_uris=(registered,))) == URI


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "#",
        "https://rp.example.org/request.jwt",
        URI + "&b=2",
        URI.replace("https", "http"),
        URI.replace("rp", "RP"),
        URI.replace("/request", "//request"),
        URI.replace("rp.", "rp.example.org@evil."),
        URI + "%23",
        "https://169.254.169.254/",
        "file:///etc/passwd",
    ],
)
def test_any_other_is_refused(asked: str) -> None:
    for registered in ((URI,), ()):
        with pytest.raises(InvalidRequestUri):
            registered_request_uri(asked, client(request_uris=registered))


@given(TEXT)
def test_no_other_text_passes(asked: str) -> None:
    with pytest.raises(InvalidRequestUri):
        registered_request_uri(asked, client(request_uris=(URI,)))


def test_a_line_s_end_after_the_request_object_is_no_part_of_it() -> None:
    assert fetched_request_object(b"a.b.c\r\n") == "a.b.c"
    with pytest.raises(InvalidRequestUri):
        fetched_request_object("a.b.é".encode())
