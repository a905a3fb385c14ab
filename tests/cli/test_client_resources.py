"""What the access tokens of a client are for: RFC 8707, RFC 9068."""

import pytest

from tests.cli.terminal import Operator
from tests.cli.test_client import registered

ADD = ("client", "add", "--client-id", "app", "--redirect-uri", "https://app.example.com/cb")
API, CALENDAR = "https://api.example.com/v1", "urn:example:calendar"


def test_a_client_is_registered_for_resources(operator: Operator) -> None:
    operator.told(*ADD, "--resource", API, "--resource", CALENDAR, "--access-token-format", "jwt")
    client = registered(operator)
    assert (client.resources, client.access_token_format) == ((API, CALENDAR), "jwt")
    operator.told("client", "update", "app", "--resource", "none")
    assert registered(operator).resources == ()


@pytest.mark.parametrize("resource", ["api", f"{API}#part", "https://api.example.com/a b"])
def test_what_is_no_resource_is_refused(operator: Operator, resource: str) -> None:
    """RFC 8707 §2."""
    assert "it " in operator.misused(*ADD, "--resource", resource)


def test_a_client_may_be_given_refresh_tokens(operator: Operator) -> None:
    """OpenID Connect Core 1.0 §11."""
    operator.told(*ADD, "--scope", "openid", "--scope", "offline_access")
    assert registered(operator).scope == ("openid", "offline_access")
