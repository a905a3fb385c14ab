"""OpenID Connect RP-Initiated Logout 1.0 §2 and §3."""

from typing import Any

import pytest

from bridge.oidc.end_session import (
    LogoutRequest,
    asking_client_id,
    is_confirmed,
    read_logout_request,
    way_back,
    with_state,
)
from bridge.oidc.errors import InvalidRequest
from tests.oidc import examples

BACK = "https://rp.example.org/signed-out"
CLIENT = examples.client(post_logout_redirect_uris=(BACK,))
KEY = examples.SOURCE.pairwise_key
SESSION = examples.SESSION
HINT: dict[str, Any] = {
    "aud": CLIENT.client_id,
    "sub": examples.SESSION.account.subject,
    "sid": examples.SESSION.sid,
}


def test_the_hint_or_client_id_says_who_asks() -> None:
    """§2."""
    both = {"id_token_hint": "h", "client_id": CLIENT.client_id}
    assert asking_client_id(examples.sent({}), None) is None
    assert asking_client_id(examples.sent({"client_id": "rp"}), None) == "rp"
    assert asking_client_id(examples.sent({"id_token_hint": "h"}), HINT) == CLIENT.client_id
    assert asking_client_id(examples.sent(both), HINT) == CLIENT.client_id


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        ({"id_token_hint": "h"}, None),
        ({"id_token_hint": "h"}, {}),
        ({"id_token_hint": "h"}, HINT | {"aud": [CLIENT.client_id]}),
        ({"id_token_hint": "h"}, {"aud": CLIENT.client_id, "sub": "s"}),
        ({"id_token_hint": "h", "client_id": "another"}, HINT),
    ],
)
def test_a_hint_that_does_not_fit_is_refused(
    sent: dict[str, str | None], hint: dict[str, Any] | None
) -> None:
    """§2: "the OP MUST verify that the Client Identifier matches"."""
    with pytest.raises(InvalidRequest, match="id_token_hint"):
        asking_client_id(examples.sent(sent), hint)


def test_a_registered_address_is_where_the_browser_goes_with_its_state() -> None:
    """§3."""
    sent = examples.sent({"post_logout_redirect_uri": BACK, "state": "a b"})
    assert read_logout_request(sent, CLIENT, HINT) == LogoutRequest(
        client_id=CLIENT.client_id,
        redirect_uri=f"{BACK}?state=a%20b",
        subject=HINT["sub"],
        sid=HINT["sid"],
    )


@pytest.mark.parametrize("uri", [f"{BACK}/", f"{BACK}?a=b", "https://evil.example", "javascript:1"])
def test_an_address_that_is_not_registered_is_no_place_to_go(uri: str) -> None:
    """§3: exactly one of those registered."""
    with pytest.raises(InvalidRequest, match="post_logout_redirect_uri"):
        read_logout_request(examples.sent({"post_logout_redirect_uri": uri}), CLIENT, HINT)


def test_without_a_client_nobody_is_sent_anywhere() -> None:
    """§3, and the conformance suite."""
    sent = examples.sent({"post_logout_redirect_uri": BACK})
    assert read_logout_request(sent, None, None).redirect_uri is None
    with pytest.raises(InvalidRequest, match="client_id is unknown"):
        read_logout_request(examples.sent({"client_id": "gone"}), None, None)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (BACK, f"{BACK}?state=s"),
        (f"{BACK}?a=b", f"{BACK}?a=b&state=s"),
        (f"{BACK}?", f"{BACK}?state=s"),
    ],
)
def test_the_registered_query_is_kept(uri: str, expected: str) -> None:
    assert with_state(uri, "s") == expected
    assert with_state(uri, None) == uri


def test_only_the_hint_of_the_person_who_is_there_spares_the_question() -> None:
    """§2: otherwise any site could sign anybody out."""

    def request(subject: str | None) -> LogoutRequest:
        return LogoutRequest(client_id="rp", redirect_uri=None, subject=subject)

    assert is_confirmed(request(HINT["sub"]), CLIENT, SESSION, KEY, is_same_browser=True)
    assert not is_confirmed(request("another"), CLIENT, SESSION, KEY, is_same_browser=True)
    assert not is_confirmed(request(None), CLIENT, SESSION, KEY, is_same_browser=True)
    assert not is_confirmed(request(HINT["sub"]), None, SESSION, KEY, is_same_browser=True)


def test_a_hint_from_another_browser_does_not_spare_the_question() -> None:
    """§2: "the OP SHOULD treat the logout request as suspect"."""
    request = LogoutRequest(client_id="rp", redirect_uri=None, subject=HINT["sub"])
    assert not is_confirmed(request, CLIENT, SESSION, KEY, is_same_browser=False)


def test_a_way_back_is_shown_where_one_client_alone_registered_it() -> None:
    other = examples.client(client_id="other", post_logout_redirect_uris=(BACK,))
    assert way_back(BACK, [CLIENT, examples.client(client_id="third")]) == BACK
    assert way_back(BACK, [CLIENT, other]) is None
    assert way_back("https://evil.example", [CLIENT]) is None
