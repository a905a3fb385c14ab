"""RFC 9126, as far as it is a matter of values."""

from contextlib import suppress

import pytest
from hypothesis import given

from bridge.oidc.claims_request import LONGEST as CLAIMS_LONGEST
from bridge.oidc.errors import InvalidRequest, InvalidRequestUri
from bridge.oidc.pushed_request import (
    LARGEST,
    check_pushed,
    check_size,
    pushed_reference,
    pushed_response,
    request_uri_of,
)
from tests.oidc.examples import TEXT, client

REFERENCE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_reference_of_a_request_uri_of_ours_is_read_again() -> None:
    """§2.2."""
    assert pushed_reference(request_uri_of(REFERENCE)) == REFERENCE


@pytest.mark.parametrize(
    "reference", ["", "a", REFERENCE + "a", REFERENCE + "\n", " " + REFERENCE[1:], "é" * 43]
)
def test_what_we_never_gave_out_is_refused_before_anything_is_looked_up(reference: str) -> None:
    """§7.1."""
    with pytest.raises(InvalidRequestUri):
        pushed_reference(request_uri_of(reference))


@pytest.mark.parametrize("uri", ["https://rp.example.org/request", "urn:example:a", ""])
def test_another_request_uri_holds_no_reference(uri: str) -> None:
    assert pushed_reference(uri) is None


@given(TEXT)
def test_any_text_is_a_reference_or_none_or_refused(text: str) -> None:
    for uri in (text, request_uri_of(text)):
        with suppress(InvalidRequestUri):
            reference = pushed_reference(uri)
            assert reference is None or request_uri_of(reference) == uri


def test_a_client_that_has_to_push_asks_in_no_other_way() -> None:
    """§6."""
    has_to = client(require_pushed_authorization_requests=True)
    check_pushed(has_to, is_pushed=True)
    with pytest.raises(InvalidRequest):
        check_pushed(has_to, is_pushed=False)


@pytest.mark.parametrize("is_pushed", [True, False])
def test_any_other_client_may_push(*, is_pushed: bool) -> None:
    check_pushed(client(), is_pushed=is_pushed)


def test_no_more_is_kept_than_a_request_needs() -> None:
    """A long state, the longest claims and a hint fit."""
    needed = {"state": "s" * 4_096, "claims": "c" * CLAIMS_LONGEST, "id_token_hint": "h" * 2_048}
    check_size(needed)
    check_size({"state": "s" * LARGEST})
    with pytest.raises(InvalidRequest, match="too long"):
        check_size({"state": "s" * LARGEST, "nonce": "n"})


def test_the_answer_holds_the_request_uri_and_its_lifetime() -> None:
    """§2.2."""
    uri = f"urn:ietf:params:oauth:request_uri:{REFERENCE}"
    assert pushed_response(REFERENCE, lifetime=90) == {"request_uri": uri, "expires_in": 90}
