"""RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207."""

import re
from urllib.parse import parse_qsl, quote_from_bytes, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.authorization_request import RedirectionEndpoint, verify_redirection
from bridge.oidc.authorization_response import (
    error_parameters,
    redirection_uri,
    success_parameters,
)
from bridge.oidc.errors import AccessDenied, OAuthError
from bridge.oidc.parameters import read_parameters
from tests.oidc import examples
from tests.oidc.examples import ISSUER, REDIRECT_URI

# As consumers register them
REGISTERED = (
    REDIRECT_URI,
    "https://rp.example.org",
    "https://rp.example.org/cb?action=openid-connect-authorize",
    "https://rp.example.org?openidconnectcallback=1",
    "https://rp.example.org/cb?a=%20b+c&d",
    "https://rp.example.org/cb?",
    "http://127.0.0.1:51004/cb",
    "com.example.app:/oauth2redirect",
    "app.immich:///oauth-callback",
)


def success_uri(redirection: RedirectionEndpoint, *, code: str, issuer: str) -> str:
    issued = success_parameters(redirection, {"code": code}, issuer=issuer)
    return redirection_uri(redirection, issued)


def error_uri(redirection: RedirectionEndpoint, error: OAuthError, *, issuer: str) -> str:
    return redirection_uri(redirection, error_parameters(redirection, error, issuer=issuer))


def answer(uri: str, registered: str) -> list[tuple[str, str]]:
    """What was added to the registered text, which must stand before it unchanged."""
    assert uri.startswith(registered)
    joint, added = uri[len(registered)], uri[len(registered) + 1 :]
    if registered.endswith("?"):
        joint, added = "?", joint + added
    assert joint == ("&" if registered.partition("?")[2] else "?")
    return parse_qsl(added, strict_parsing=True, keep_blank_values=True)


def test_the_response_of_the_specification_is_sent() -> None:
    """RFC 6749 §4.1.2, the example, with the issuer of RFC 9207 §2."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", "https://client.example.com/cb", "xyz")
    uri = success_uri(redirection, code="SplxlOBeZQQYbYS6WxSbIA", issuer=ISSUER)
    assert uri == (
        "https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA"
        "&iss=https%3A%2F%2Fid.example.com&state=xyz"
    )


def test_an_error_response_has_error_description_issuer_and_state() -> None:
    """RFC 6749 §4.1.2.1, RFC 9207 §2."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", REDIRECT_URI, "xyz")
    uri = error_uri(redirection, AccessDenied("the person declined"), issuer=ISSUER)
    assert dict(answer(uri, REDIRECT_URI)) == {
        "error": "access_denied",
        "error_description": "the person declined",
        "iss": ISSUER,
        "state": "xyz",
    }
    assert "+" not in uri


@pytest.mark.parametrize("registered", REGISTERED)
def test_a_state_that_was_not_sent_is_not_invented(registered: str) -> None:
    """RFC 6749 §4.1.2: required only if it was in the request."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", registered, None)
    uri = success_uri(redirection, code="c", issuer=ISSUER)
    assert answer(uri, registered) == [("code", "c"), ("iss", ISSUER)]


@given(st.sampled_from(REGISTERED), examples.TEXT, examples.TEXT)
def test_the_registered_query_is_retained_and_every_parameter_comes_once(
    registered: str, code: str, state: str
) -> None:
    """RFC 6749 §3.1.2; duplicate response parameters make strict clients fail."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", registered, state)
    uri = success_uri(redirection, code=code, issuer=ISSUER)
    assert answer(uri, registered) == [("code", code), ("iss", ISSUER), ("state", state)]


@given(st.sampled_from(REGISTERED), st.text(st.characters(codec="utf-8")))
def test_nothing_in_a_request_breaks_out_of_the_location_header(
    registered: str, state: str
) -> None:
    """RFC 9110 §5.5: no CR, LF or character that is not visible ASCII; no fragment."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", registered, state)
    for uri in (
        success_uri(redirection, code=state, issuer=ISSUER),
        error_uri(redirection, AccessDenied("declined"), issuer=ISSUER),
    ):
        assert re.fullmatch(r"[!-~]+", uri)
        assert "#" not in uri


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.booleans())
def test_state_is_returned_byte_for_byte(state: str, plus: bool) -> None:  # noqa: FBT001 - drawn
    """RFC 6749 §4.1.2: "the exact value received from the client"."""
    state_bytes = state.encode()
    encoded = quote_from_bytes(state_bytes, safe="" if plus else "~!*'()/")
    encoded = encoded.replace("%20", "+") if plus else encoded
    asked = urlencode({"redirect_uri": REDIRECT_URI})
    parameters = read_parameters(f"{asked}&state={encoded}".encode())
    redirection = verify_redirection(parameters, examples.client())
    uri = success_uri(redirection, code="c", issuer=ISSUER)
    returned = uri.encode().partition(b"&state=")[2]
    assert b"+" not in returned
    assert unquote_to_bytes(returned) == state_bytes


def test_a_state_of_four_kilobytes_comes_back() -> None:
    """Cognito sends a long one."""
    state = "".join(chr(33 + position % 90) for position in range(4096))
    redirection = RedirectionEndpoint("s6BhdRkqt3", REDIRECT_URI, state)
    uri = success_uri(redirection, code="c", issuer=ISSUER)
    assert dict(answer(uri, REDIRECT_URI))["state"] == state


@pytest.mark.parametrize("registered", REGISTERED)
def test_a_fragment_leaves_the_registered_query_alone(registered: str) -> None:
    """OpenID Connect Core 1.0 §3.2.2.5: all of the answer is in the fragment."""
    redirection = RedirectionEndpoint("s6BhdRkqt3", registered, "xyz", "fragment")
    parameters = success_parameters(redirection, {"id_token": "a.b.c"}, issuer=ISSUER)
    uri, _, fragment = redirection_uri(redirection, parameters).partition("#")
    assert uri == registered
    assert dict(parse_qsl(fragment)) == {"id_token": "a.b.c", "iss": ISSUER, "state": "xyz"}
