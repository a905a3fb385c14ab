"""``wechat-oidc client rotate-secret``, and what ``show --json`` says of it."""

import json
import re

import pytest

from bridge.oidc.access_token import token_hash
from tests.cli.terminal import Operator
from tests.cli.test_client import CALLBACK, add, registered, with_app

__all__ = ["with_app"]


def rotate(operator: Operator, *options: str) -> dict[str, str]:
    lines = operator.told("client", "rotate-secret", "app", *options).splitlines()
    return dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines)


def test_a_new_secret_is_printed_once_and_the_former_stays_for_a_day(operator: Operator) -> None:
    former = add(operator, "--client-id", "app")["client_secret"]
    printed = rotate(operator)
    assert list(printed) == ["client_id", "client_secret", "former secret"]
    assert printed["client_secret"] != former
    client = registered(operator)
    assert client.client_secret_hash == token_hash(printed["client_secret"])
    assert client.former_client_secret_hash == token_hash(former)
    assert re.fullmatch(r"is good until .* UTC", printed["former secret"])
    for secret in (former, printed["client_secret"], client.client_secret_hash or ""):
        for command in (("show", "app"), ("show", "app", "--json"), ("list", "--json")):
            assert secret not in operator.told("client", *command)


def test_without_grace_the_former_secret_ends_at_once(with_app: Operator) -> None:
    printed = rotate(with_app, "--grace", "0")
    assert printed["former secret"] == "is good no longer"
    assert registered(with_app).former_client_secret_hash is None
    assert "former_secret" not in with_app.told("client", "show", "app")


def test_show_says_until_when_the_former_secret_is_good(with_app: Operator) -> None:
    rotate(with_app, "--grace", "3600")
    assert re.search(
        r"^former_secret +good until \d{4}-.* UTC$",
        with_app.told("client", "show", "app"),
        re.MULTILINE,
    )
    shown = json.loads(with_app.told("client", "show", "app", "--json"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", shown["former_secret_expires_at"])


def test_json_has_every_member_of_the_registration(with_app: Operator) -> None:
    shown = json.loads(with_app.told("client", "show", "app", "--json"))
    assert shown["client_id"] == "app"
    assert shown["redirect_uris"] == [CALLBACK]
    assert shown["access"] == ["anyone"]
    assert shown["is_public"] is False
    assert shown["former_secret_expires_at"] is None
    assert shown == json.loads(with_app.told("client", "list", "--json"))


def test_json_says_who_may_enter(with_app: Operator) -> None:
    for access in ("nobody", "oSomebody"):
        with_app.told("client", "update", "app", "--access", access)
        assert json.loads(with_app.told("client", "show", "app", "--json"))["access"] == [access]


@pytest.mark.parametrize("grace", ["-1", "2592001", "a day"])
def test_a_grace_time_is_seconds_and_at_most_thirty_days(with_app: Operator, grace: str) -> None:
    line = with_app.misused("client", "rotate-secret", "app", "--grace", grace)
    assert line.startswith("Invalid value for '--grace': ")


def test_who_has_no_secret_is_given_none(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--public")
    line = operator.refused("client", "rotate-secret", "app", status=1)
    assert line == "app has no secret"
    uri = "https://rp.example.com/jwks"
    method = ("--auth-method", "private_key_jwt", "--jwks-uri", uri)
    operator.told("client", "add", "--client-id", "signs", "--redirect-uri", CALLBACK, *method)
    line = operator.refused("client", "rotate-secret", "signs", status=1)
    assert line == "signs has no secret"


def test_who_is_not_registered_is_named(operator: Operator) -> None:
    line = operator.refused("client", "rotate-secret", "nobody", status=1)
    assert line == "nobody is not registered; see wechat-oidc client list"
