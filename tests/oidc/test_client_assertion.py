"""OpenID Connect Core 1.0 §9, RFC 7521 §4.2, RFC 7523 §3."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.client_assertion import (
    ASSERTION_TYPE,
    SingleUse,
    assertion_algorithms,
    check_assertion,
    claimed_client_id,
    read_client_assertion,
)
from bridge.oidc.errors import InvalidClient
from tests.oidc import examples
from tests.oidc.examples import ISSUER

NOW = 1_700_000_000
CLIENT = examples.client(client_secret_hash=None, token_endpoint_auth_method="private_key_jwt")
CLIENT_ID = CLIENT.client_id
AUDIENCES = {ISSUER, f"{ISSUER}/token", f"{ISSUER}/revoke"}
CLAIMS = {
    "iss": CLIENT_ID,
    "sub": CLIENT_ID,
    "aud": f"{ISSUER}/token",
    "exp": NOW + 300,
    "iat": NOW,
    "jti": "a jti",
}


def judged(**changed: Any) -> SingleUse:
    """Claims that are good but for what is changed; None leaves one out."""
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    return check_assertion(claims, CLIENT, audiences=AUDIENCES, now=NOW)


# What is sent


def test_an_assertion_is_read_with_its_type() -> None:
    """RFC 7523 §2.2."""
    sent = {"client_assertion": "a.b.c", "client_assertion_type": ASSERTION_TYPE}
    assert read_client_assertion(examples.sent(sent)) == "a.b.c"
    assert read_client_assertion(examples.sent({})) is None


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"client_assertion": "a.b.c"}, "client_assertion_type must be"),
        ({"client_assertion": "a.b.c", "client_assertion_type": "jwt"}, "client_assertion_type"),
        (
            {
                "client_assertion": "a.b.c",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
            },
            "client_assertion_type must be",
        ),
        ({"client_assertion_type": ASSERTION_TYPE}, "client_assertion is missing"),
    ],
)
def test_another_type_is_refused(sent: dict[str, str], fault: str) -> None:
    """RFC 7521 §4.2.1."""
    with pytest.raises(InvalidClient, match=fault):
        read_client_assertion(examples.sent(sent))


def test_who_it_is_from_is_read_before_it_is_proven() -> None:
    assert claimed_client_id(examples.assertion(sub="rp", iss="another")) == "rp"


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        "a",
        "a.b.c",
        "..",
        "a.!.c",
        f"a.{'W' * 60_000}.c",
        "a.W10.c",
        "a.\u00e9.c",
        examples.assertion(),
        examples.assertion(sub=None),
        examples.assertion(sub=7),
        examples.assertion(sub=["rp"]),
        examples.assertion(sub=""),
        examples.assertion(sub="nul\0"),
        examples.assertion(sub="\ud800"),
        examples.assertion(sub="line\nbreak"),
        examples.assertion(sub="a" * 1_001),
    ],
)
def test_what_names_nobody_is_malformed(assertion: str) -> None:
    with pytest.raises(InvalidClient, match="client_assertion is malformed"):
        claimed_client_id(assertion)


@given(st.text())
def test_whatever_it_is_somebody_is_named_or_it_is_malformed(assertion: str) -> None:
    for text in (assertion, f"a.{assertion}.c"):
        with pytest.raises(InvalidClient):
            claimed_client_id(text)


# What it may be signed with


@pytest.mark.parametrize(
    ("method", "alg", "algorithms"),
    [
        ("private_key_jwt", None, ("RS256", "PS256", "ES256", "EdDSA")),
        ("private_key_jwt", "ES256", ("ES256",)),
        ("private_key_jwt", "HS256", ()),
        ("private_key_jwt", "none", ()),
        ("client_secret_jwt", None, ("HS256",)),
        ("client_secret_jwt", "HS512", ("HS512",)),
        ("client_secret_jwt", "RS256", ()),
        ("client_secret_jwt", "none", ()),
        (None, None, ()),
        (None, "RS256", ()),
        ("client_secret_basic", "HS256", ()),
        ("none", None, ()),
    ],
)
def test_the_registration_says_which_algorithms_are_right(
    method: Any, alg: str | None, algorithms: tuple[str, ...]
) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2, token_endpoint_auth_signing_alg."""
    client = examples.client(token_endpoint_auth_method=method, token_endpoint_auth_signing_alg=alg)
    assert assertion_algorithms(client) == algorithms


# What it must say


def test_a_good_assertion_is_remembered_until_it_is_good_no_longer() -> None:
    """RFC 7523 §3, item 7: jti."""
    first = judged()
    assert first == judged(exp=NOW + 300, iat=NOW - 5, aud=ISSUER)
    assert first.expires_at > NOW + 300 + 60
    assert len(first.jti_hash) == 64
    assert first.jti_hash != judged(jti="another").jti_hash
    assert judged(jti="\ud800" * 9_999).jti_hash
    assert judged(exp=NOW + 300.7).expires_at > NOW + 300.7 + 60


@pytest.mark.parametrize("name", ["iss", "sub"])
@pytest.mark.parametrize("value", [None, "", "other", 7, ["s6BhdRkqt3"], True, "S6BhdRkqt3"])
def test_issuer_and_subject_are_the_client(name: str, value: object) -> None:
    """Core §9, iss, sub."""
    with pytest.raises(InvalidClient, match="iss and sub"):
        judged(**{name: value})


@pytest.mark.parametrize(
    "audience",
    [
        *(ISSUER, f"{ISSUER}/token", f"{ISSUER}/revoke"),
        *([ISSUER], [ISSUER, f"{ISSUER}/token"], ["https://other.example", ISSUER, 7]),
    ],
)
def test_the_audience_is_the_issuer_the_token_endpoint_or_the_endpoint_asked(
    audience: object,
) -> None:
    """Core §9, aud; RFC 7523 §3, item 3; RFC 9126 §2; Auth.js names two of them."""
    assert judged(aud=audience).jti_hash


@pytest.mark.parametrize(
    "audience",
    [
        *(None, "", [], {}, 7, True, [None], [[ISSUER]], {ISSUER: ISSUER}, [{}]),
        *("https://other.example", f"{ISSUER}/", f"{ISSUER}/token/", f"{ISSUER}/userinfo"),
        *(["https://other.example/token"], ISSUER.upper(), f" {ISSUER}"),
    ],
)
def test_what_is_for_somebody_else_is_not_for_us(audience: object) -> None:
    """RFC 7523 §3, item 3."""
    with pytest.raises(InvalidClient, match="another audience"):
        judged(aud=audience)


@pytest.mark.parametrize("seconds", [-59, 0, 1, 300, 3_600, 3_660, 59.5])
def test_an_assertion_is_good_for_a_short_time(seconds: float) -> None:
    assert judged(exp=NOW + seconds).jti_hash


@pytest.mark.parametrize(
    ("expires_at", "fault"),
    [
        (None, "has no exp"),
        (NOW - 60, "is expired"),
        (NOW - 60.5, "is expired"),
        (0, "is expired"),
        (-1, "is expired"),
        (NOW + 3_661, "more than an hour"),
        (10**4_000, "more than an hour"),
        (1e300, "more than an hour"),
        (float("inf"), "no number of seconds as exp"),
        (float("nan"), "no number of seconds as exp"),
        (str(NOW + 300), "no number of seconds as exp"),
        (True, "no number of seconds as exp"),
        ([NOW + 300], "no number of seconds as exp"),
    ],
)
def test_it_expires_and_soon(expires_at: object, fault: str) -> None:
    """Core §9, exp: REQUIRED; RFC 7523 §3, item 4."""
    with pytest.raises(InvalidClient, match=fault):
        judged(exp=expires_at)


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_it_is_not_from_the_future_beyond_what_clocks_differ(name: str) -> None:
    """RFC 7523 §3, items 5 and 6."""
    assert judged(**{name: NOW + 60}).jti_hash
    assert judged(**{name: 0}).jti_hash
    assert judged(iat=None).jti_hash
    with pytest.raises(InvalidClient, match=f"in the future as {name}"):
        judged(**{name: NOW + 61})
    with pytest.raises(InvalidClient, match=f"no number of seconds as {name}"):
        judged(**{name: "now"})


@pytest.mark.parametrize("jti", [None, "", 7, ["a"], {"a": "b"}, True])
def test_an_assertion_without_a_name_of_its_own_is_refused(jti: object) -> None:
    """Core §9, jti: REQUIRED."""
    with pytest.raises(InvalidClient, match="has no jti"):
        judged(jti=jti)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CLAIMS, JSON)))
def test_whatever_is_signed_is_good_or_an_error_with_a_name(changed: dict[str, Any]) -> None:
    with suppress(InvalidClient):
        assert judged(**changed).jti_hash
