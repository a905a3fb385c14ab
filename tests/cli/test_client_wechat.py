"""By which of WeChat's applications people come to a client, and which codes it hands in."""

import pytest

from tests.cli.terminal import APPID, Operator
from tests.cli.test_client import CALLBACK, add, add_self_registered, registered

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
APP = "wx00000000000000aa"


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """… who has an application for browsers, and one for an app on phones."""
    return operator.with_settings(
        WECHAT_2_KIND="mobile", WECHAT_2_CLIENT_ID=APP, WECHAT_2_CLIENT_SECRET="2" * 32
    )


def test_a_client_may_be_limited_to_some_applications(operator: Operator) -> None:
    add(operator, "--client-id", "app")
    assert registered(operator).wechat_applications is None
    both = ("--wechat-application", APPID, "--wechat-application", APP)
    operator.told("client", "update", "app", *both, "--wechat-application", APPID)
    assert registered(operator).wechat_applications == (APPID, APP)
    assert f"{APPID} {APP}" in operator.told("client", "show", "app")
    operator.told("client", "update", "app", "--wechat-application", "any")
    assert registered(operator).wechat_applications is None


def test_any_stands_alone(operator: Operator) -> None:
    add(operator, "--client-id", "app")
    both = ("--wechat-application", "any", "--wechat-application", APP)
    line = operator.misused("client", "update", "app", *both)
    assert line == "Invalid value for '--wechat-application': either any, or AppIDs"


def test_an_application_is_one_of_the_settings(operator: Operator) -> None:
    add(operator, "--client-id", "app")
    line = operator.misused("client", "update", "app", "--wechat-application", "wxother")
    assert line == "the settings name no application 'wxother' at WeChat"


def test_a_client_may_hand_in_codes_once_the_operator_says_so(operator: Operator) -> None:
    """RFC 8693."""
    add(operator, "--client-id", "app", "--wechat-application", APP)
    assert registered(operator).grant_types == ("authorization_code",)
    operator.told("client", "update", "app", "--token-exchange")
    assert registered(operator).grant_types == ("authorization_code", EXCHANGE)
    operator.told("client", "update", "app", "--token-exchange", "--name", "An App")
    assert registered(operator).grant_types == ("authorization_code", EXCHANGE)
    assert EXCHANGE in operator.told("client", "show", "app")
    operator.told("client", "update", "app", "--no-token-exchange")
    assert registered(operator).grant_types == ("authorization_code",)


NATIVE = ("--public", "--token-exchange", "--wechat-application", APP)


def test_such_a_client_needs_no_redirect_uri(operator: Operator) -> None:
    """No browser is sent here, and none sent back."""
    told = operator.told("client", "add", "--client-id", "app", *NATIVE)
    assert "none: a public client\n" in told
    client = registered(operator)
    assert (client.redirect_uris, client.is_public) == ((), True)
    operator.told("client", "update", "app", "--redirect-uri", CALLBACK)
    assert registered(operator).redirect_uris == (CALLBACK,)


def test_whoever_else_needs_one(operator: Operator) -> None:
    assert operator.misused("client", "add", "--no-token-exchange").startswith("--redirect-uri is")


@pytest.mark.parametrize("applications", [(), ("--wechat-application", APPID)])
def test_it_is_said_whose_codes_are_handed_in(
    operator: Operator, applications: tuple[str, ...]
) -> None:
    """An application for browsers gives none to an app."""
    add(operator, "--client-id", "app", *applications)
    line = operator.misused("client", "update", "app", "--token-exchange")
    assert line == (
        "--token-exchange needs a --wechat-application of the kind mobile or mini_program"
    )


def test_the_last_application_cannot_be_taken_from_it(operator: Operator) -> None:
    operator.told("client", "add", "--client-id", "app", *NATIVE)
    for appid in (APPID, "any"):
        line = operator.misused("client", "update", "app", "--wechat-application", appid)
        assert line.startswith("--token-exchange needs a --wechat-application")


@pytest.mark.parametrize("consent", ["remember", "always"])
def test_nobody_can_be_asked_for_consent(operator: Operator, consent: str) -> None:
    line = operator.misused("client", "add", *NATIVE, "--consent", consent)
    assert line == "token exchange needs consent never: there is no page to ask on"


def test_a_client_that_registered_itself_cannot_be_let(operator: Operator) -> None:
    add_self_registered(operator)
    line = operator.misused("client", "update", "photos", *NATIVE[1:])
    assert line == "a client that registered itself has no token exchange"
