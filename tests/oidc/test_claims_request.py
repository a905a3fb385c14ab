"""OpenID Connect Core 1.0 §5.5."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.claims_request import NO_CLAIMS, ClaimsRequest, read_claims_request
from bridge.oidc.errors import InvalidRequest

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda below: (
        st.lists(below)
        | st.dictionaries(
            st.sampled_from(["userinfo", "id_token", "sub", "acr", "value", "values", "essential"]),
            below,
        )
    ),
)


def test_the_claims_request_of_the_specification_is_read() -> None:
    """§5.5, the example."""
    text = json.dumps(
        {
            "userinfo": {
                "given_name": {"essential": True},
                "nickname": None,
                "http://example.info/claims/groups": None,
            },
            "id_token": {
                "auth_time": {"essential": True},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]},
            },
        }
    )
    assert read_claims_request(text) == ClaimsRequest(
        id_token=("auth_time", "acr"),
        userinfo=("given_name", "nickname", "http://example.info/claims/groups"),
        wished_acr_values=("urn:mace:incommon:iap:silver",),
    )


@pytest.mark.parametrize("text", [None, "{}", '{"id_token": null}', '{"more": [1]}'])
def test_nothing_is_asked_where_nothing_known_is_said(text: str | None) -> None:
    """§5.5: other members that are not understood are ignored."""
    assert read_claims_request(text) == NO_CLAIMS


@pytest.mark.parametrize("member", ["id_token", "userinfo"])
def test_a_sub_with_a_value_asks_for_that_person(member: str) -> None:
    """§5.5.1."""
    assert read_claims_request(json.dumps({member: {"sub": {"value": "a"}}})).subject == "a"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"essential": True, "values": ["gold", 1, "silver"]}, ("gold", "silver")),
        ({"essential": True, "value": "gold"}, ("gold",)),
        ({"essential": True}, ()),
        ({"essential": "true", "value": "gold"}, ()),
        ({"value": "gold"}, ()),
    ],
)
def test_an_acr_is_demanded_where_it_is_essential_and_has_values(
    said: dict[str, object], asked: tuple[str, ...]
) -> None:
    """§5.5.1.1."""
    assert read_claims_request(json.dumps({"id_token": {"acr": said}})).acr_values == asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 8_000,
        '{"id_token": []}',
        '{"userinfo": {"name": true}}',
        '{"id_token": {"sub": {"value": 1}}}',
        '{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}',
        '{"id_token": {"acr": {"essential": true, "values": "gold"}}}',
        json.dumps({"id_token": {"n" * 9_000: None}}),
    ],
)
def test_what_is_no_claims_request_is_an_invalid_request(text: str) -> None:
    """§5.5: a JSON object, its members objects of null or objects."""
    with pytest.raises(InvalidRequest, match="claims"):
        read_claims_request(text)


@given(st.text() | JSON.map(json.dumps))
def test_whatever_is_sent_is_read_or_refused_by_name(text: str) -> None:
    with suppress(InvalidRequest):
        read_claims_request(text)
