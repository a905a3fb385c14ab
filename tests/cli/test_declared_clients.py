"""Relying parties that stand in the settings: ``[[client]]`` in the file."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.cli.declared_clients import declared_clients
from bridge.client_secrets import ClientSecrets
from bridge.config import BadSettings, DeclaredClient
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from tests.cli.terminal import Operator
from tests.cli.test_client import registered
from tests.world import no_trust

CALLBACK = "https://app.example.com/callback"
SECRET = "yHk2Tq0c-XW5bN8sLzJ4vR7dFm1GpE9a"
FORMER = f"{SECRET}-former"


def read(operator: Operator, **options: object) -> Client:
    """One client as the file describes it; what is None is left out."""
    members: dict[str, Any] = {"client_id": "app", "client_secret": SECRET}
    members |= {"redirect_uri": [CALLBACK]} | options
    told = {name: value for name, value in members.items() if value is not None}
    settings = operator.settings().model_copy(update={"client": (DeclaredClient(**told),)})
    (client,) = declared_clients(settings)
    return client


def complaint(operator: Operator, **options: object) -> str:
    with pytest.raises(BadSettings) as refused:
        read(operator, **options)
    line = str(refused.value)
    assert SECRET not in line
    assert line.startswith("client.1 (app): ")
    return line.removeprefix("client.1 (app): ")


# What may be written


def test_the_least_is_an_id_a_secret_and_where_answers_go(operator: Operator) -> None:
    assert read(operator) == Client(
        client_id="app",
        client_name="app",
        redirect_uris=(CALLBACK,),
        client_secret_hash=token_hash(SECRET),
        is_declared=True,
    )


def test_keys_are_called_as_the_options_or_as_in_the_standards(operator: Operator) -> None:
    as_options = read(operator, name="App", id_token_alg="ES256", access=["oOne", "oTwo"])
    in_standards = read(
        operator,
        redirect_uri=None,
        redirect_uris=[CALLBACK],
        client_name="App",
        id_token_signed_response_alg="ES256",
        access=["oOne", "oTwo"],
    )
    assert as_options == in_standards
    assert as_options.access == ("oOne", "oTwo")


def test_truth_and_numbers_are_written_as_such(operator: Operator) -> None:
    client = read(operator, require_par=True, default_max_age=3600)
    assert client.require_pushed_authorization_requests
    assert client.default_max_age == 3600
    assert not read(operator, require_par=False).require_pushed_authorization_requests
    assert read(operator, public=True, client_secret=None).is_public
    assert not read(operator, public=False).is_public


def test_what_is_repeated_in_pairs_may_be_a_table(operator: Operator) -> None:
    for claims in ({"role": "viewer", "id": "{number}"}, ["role=viewer", "id={number}"]):
        assert read(operator, extra_claim=claims).extra_claims == {
            "role": "viewer",
            "id": "{number}",
        }


def test_a_preset_is_named_as_in_the_command(operator: Operator) -> None:
    client = read(operator, redirect_uri=None, preset="grafana", url="https://grafana.example.com")
    assert client.redirect_uris == ("https://grafana.example.com/login/generic_oauth",)
    assert client.client_id == "app"
    keycloak = read(
        operator,
        redirect_uri=None,
        preset="keycloak",
        url="https://kc.example.com",
        **{"with": {"realm": "staff"}},
    )
    assert "/realms/staff/broker/" in keycloak.redirect_uris[0]


def test_a_former_secret_is_good_as_long_as_it_stands_there(operator: Operator) -> None:
    client = read(operator, former_client_secret=FORMER)
    assert client.client_secret_hash == token_hash(SECRET)
    assert client.former_client_secret_hash == token_hash(FORMER)
    assert client.has_former_secret(now=10**11)


def test_a_secret_that_signs_is_sealed(operator: Operator) -> None:
    client = read(operator, auth_method="client_secret_jwt", former_client_secret=FORMER)
    secrets = ClientSecrets(operator.settings().secret_values)
    assert secrets.every(client, now=0) == (SECRET, FORMER)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"nickname": "full"}, "Invalid value for '--nickname'"),
        ({"redirect_uri": ["/callback"]}, "Invalid value for '--redirect-uri'"),
        ({"redirect_uri": None}, "--redirect-uri is missing"),
        ({"redirct_uri": [CALLBACK]}, "unknown key redirct_uri; did you mean redirect_uri"),
        ({"redirect_uris": [CALLBACK]}, "redirect_uris is given twice, under two names"),
        ({"public": "yes"}, "public must be true or false"),
        ({"name": True}, "name must not be true or false"),
        ({"name": ["a"]}, "name must be text"),
        ({"name": {"a": "b"}}, "name must be text"),
        ({"access": [1.5]}, "access must be text"),
        ({"access": [True]}, "access must be text"),
        ({"extra_claim": {"role": ["a"]}}, "extra_claim must be text"),
        ({"preset": "grafanna"}, "Invalid value for '--preset'"),
        ({"client_secret": None}, "client_secret is missing: set it, or client_secret_file"),
        ({"public": True}, "it has no use for a client_secret"),
        ({"scope": ["openid", "phone"]}, "the setting scopes does not name phone"),
        ({"config": "other.toml"}, "unknown key config"),
        ({"help": True}, "unknown key help"),
        ({"name": "--help"}, None),
        ({"is_declared": False}, "unknown key is_declared"),
        ({"client_secret_hash": "0" * 64}, "unknown key client_secret_hash"),
    ],
)
def test_what_is_wrong_is_told_as_by_the_command(
    operator: Operator, options: dict[str, object], said: str | None
) -> None:
    operator = operator.with_settings(SCOPES="openid,profile,email")
    if said is None:
        assert read(operator, **options).client_name == "--help"
    else:
        assert complaint(operator, **options).startswith(said)


# What becomes of it


@pytest.fixture
def file(operator: Operator, tmp_path: Path) -> Path:
    """The operator's settings file, which they have named."""
    path = tmp_path / "bridge.toml"
    operator.environ["BRIDGE_CONFIG"] = str(path)
    return path


def declare(file: Path, *lines: str) -> None:
    file.write_text("\n".join(("[[client]]", 'client_id = "app"', *lines)), "utf-8")


def answer_at_token(lines: list[str], secret: str) -> str:
    port = lines[1].rpartition(" ")[2]
    with httpx.Client(trust_env=False, verify=no_trust()) as http:
        form = {"grant_type": "authorization_code", "code": "unknown", "redirect_uri": CALLBACK}
        answer = http.post(f"http://127.0.0.1:{port}/token", data=form, auth=("app", secret))
    error: str = answer.json()["error"]
    return error


def test_a_start_registers_what_the_file_says(operator: Operator, file: Path) -> None:
    lines = (f'client_secret = "{SECRET}"', f'redirect_uri = ["{CALLBACK}"]')

    def visit(lines: list[str]) -> None:
        assert answer_at_token(lines, SECRET) == "invalid_grant"
        assert answer_at_token(lines, FORMER) == "invalid_client"

    declare(file, *lines)
    _, log = operator.serving("serve", "--port", "0", meanwhile=visit)
    assert "client.registered" in log
    assert "declared in the settings" in operator.told("client", "list")
    assert "declared in the settings" in operator.told("client", "show", "app")
    assert json.loads(operator.told("client", "show", "app", "--json"))["is_declared"] is True
    # … again, and nothing happens
    _, log = operator.serving("serve", "--port", "0")
    assert "client." not in log
    # … differently
    declare(file, *lines, 'name = "The App"')
    _, log = operator.serving("serve", "--port", "0")
    assert "client.changed" in log
    assert registered(operator).client_name == "The App"
    # … and no more
    file.write_text("")
    _, log = operator.serving("serve", "--port", "0")
    assert "client.removed" in log
    assert operator.told("client", "list") == ""


def test_commands_leave_alone_what_stands_in_the_file(operator: Operator, file: Path) -> None:
    declare(file, f'client_secret = "{SECRET}"', f'redirect_uri = ["{CALLBACK}"]')
    operator.serving("serve", "--port", "0")
    before = registered(operator)
    for command in (
        ("update", "app", "--name", "Other"),
        ("remove", "app"),
        ("rotate-secret", "app"),
    ):
        line = operator.refused("client", *command, status=1)
        assert line.startswith("app stands in the settings, under [[client]]; change it there")
    assert registered(operator) == before


def test_serve_and_check_tell_what_is_wrong(operator: Operator, file: Path) -> None:
    declare(file, f'client_secret = "{SECRET}"', f'redirect_uri = ["{CALLBACK}"]', "nickname = 1")
    line = operator.refused("serve", "--port", "0")
    assert line.startswith("client.1 (app): Invalid value for '--nickname'")
    assert "client.1 (app): Invalid value for '--nickname'" in operator.run("check").stdout
