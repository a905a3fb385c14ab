"""RFC 8707."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.errors import InvalidTarget
from bridge.oidc.resource import (
    UnfitResource,
    check_resource,
    requested_resources,
    token_resources,
)
from tests.oidc import examples

API, CALENDAR, OTHER = "https://api.example.com/v1", "urn:example:calendar", "https://other.example"
CLIENT = examples.client(resources=(API, CALENDAR))
PLAIN = examples.client()
EVERY = (API, CALENDAR, OTHER)


@pytest.mark.parametrize("resource", [API, CALENDAR, "https://[::1]:8443/?tenant=a"])
def test_a_resource_is_an_absolute_uri(resource: str) -> None:
    """§2."""
    check_resource(resource)


@pytest.mark.parametrize(
    "resource",
    [
        *("", "api", "//api.example.com", "/v1", "https://api.example.com/#", "https://", "urn:"),
        *("https://a.example/b c", "https://例.example", "https://[::1/", "https://a.example/\n"),
    ],
)
def test_nothing_else_is_one(resource: str) -> None:
    """§2: nor is it with a fragment, though an empty one."""
    with pytest.raises(UnfitResource):
        check_resource(resource)


def test_a_client_names_the_resources_that_it_is_registered_for() -> None:
    """§2.1: in its order, each once."""
    assert requested_resources((CALENDAR, API, CALENDAR), CLIENT) == (CALENDAR, API)
    assert requested_resources((), CLIENT) == ()


@pytest.mark.parametrize("asked", [(OTHER,), (API, OTHER), (f"{API}/",), (API.upper(),)])
def test_any_other_is_an_invalid_target(asked: tuple[str, ...]) -> None:
    """§2: compared character by character."""
    with pytest.raises(InvalidTarget):
        requested_resources(asked, CLIENT)


def test_of_a_client_without_resources_the_parameter_is_ignored() -> None:
    """RFC 6749 §3.1."""
    assert requested_resources((OTHER, "nonsense"), PLAIN) == ()
    assert token_resources((OTHER, "nonsense"), (), PLAIN) == ()


def test_a_token_is_for_all_that_was_granted_or_a_part_of_it() -> None:
    """§2.2."""
    assert token_resources((), (API, CALENDAR), CLIENT) == (API, CALENDAR)
    assert token_resources((CALENDAR,), (API, CALENDAR), CLIENT) == (CALENDAR,)


@pytest.mark.parametrize("granted", [(), (API,)])
def test_and_never_for_more(granted: tuple[str, ...]) -> None:
    """§2.2: registered or not."""
    with pytest.raises(InvalidTarget):
        token_resources((CALENDAR,), granted, CLIENT)


def test_what_was_withdrawn_from_the_client_is_not_given_again() -> None:
    """Nor does a token for a resource become one for anything."""
    narrower = examples.client(resources=(CALENDAR,))
    assert token_resources((), (API, CALENDAR), narrower) == (CALENDAR,)
    for client in (narrower, PLAIN):
        with pytest.raises(InvalidTarget):
            token_resources((), (API,), client)


@given(st.lists(st.sampled_from(EVERY)), st.lists(st.sampled_from(EVERY), unique=True))
def test_no_token_is_for_what_was_not_granted(asked: list[str], granted: list[str]) -> None:
    for client in (CLIENT, PLAIN):
        try:
            resources = token_resources(tuple(asked), tuple(granted), client)
        except InvalidTarget:
            continue
        assert set(resources) <= set(granted) & set(client.resources)
