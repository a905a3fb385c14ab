"""How a relying party sends its requests, as the operator tells it to ``wechat-oidc client``."""

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
