"""How a relying party sends its requests, as the operator tells it to ``wechat-oidc client``."""

import pytest

from tests.cli.terminal import Operator
from tests.cli.test_client import CALLBACK, registered


def test_a_client_may_be_made_to_push_its_requests_and_let_go_again(operator: Operator) -> None:
    add = ("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK)
    operator.told(*add, "--require-par")
    assert registered(operator).require_pushed_authorization_requests
    operator.told("client", "update", "app", "--name", "App")
    assert registered(operator).require_pushed_authorization_requests
    operator.told("client", "update", "app", "--no-require-par")
    assert not registered(operator).require_pushed_authorization_requests


def test_how_request_objects_are_signed_and_where_they_are(operator: Operator) -> None:
    uris = ("https://app.example.com/one", "https://app.example.com/two#fragment")
    options = ("--request-object-alg", "none", "--request-uri", uris[0], "--request-uri", uris[1])
    operator.told("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK, *options)
    client = registered(operator)
    assert (client.request_object_signing_alg, client.request_uris) == ("none", uris)
    anew = ("--request-object-alg", "any", "--request-uri", "none")
    operator.told("client", "update", "app", *anew)
    client = registered(operator)
    assert (client.request_object_signing_alg, client.request_uris) == (None, ())


@pytest.mark.parametrize("uri", ["http://app.example.com/", "none of them", "https://a:b@c/"])
def test_a_request_uri_that_cannot_be_fetched_is_told(operator: Operator, uri: str) -> None:
    add = ("client", "add", "--redirect-uri", CALLBACK)
    assert repr(uri) in operator.misused(*add, "--request-uri", uri)
