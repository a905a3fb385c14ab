"""Claims under names of a client's own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.client import UnfitClient
from bridge.oidc.extra_claims import LARGEST_NUMBER, number_for, read_extra_claim
from bridge.oidc.id_token import Binding, Validity, id_token_claims
from bridge.oidc.userinfo import userinfo_claims
from tests.oidc import examples
from tests.oidc.examples import ISSUER, SOURCE


def told(templates: dict[str, Any], scope: tuple[str, ...] = ("openid",)) -> dict[str, Any]:
    client = examples.client(extra_claims=templates)
    return dict(userinfo_claims(examples.grant(scope=scope), examples.session(), client, SOURCE))


def test_gitlabs_claims_can_be_written_down() -> None:
    """Mattermost reads a whole number, and a user name under another name."""
    claims = told({"id": "{number}", "username": "{preferred_username}", "login": "gl-{sub}"})
    account = examples.ACCOUNT
    assert claims["id"] == number_for(account.subject)
    assert claims["username"] == account.handle
    assert claims["login"] == f"gl-{account.subject}"


def test_a_value_may_be_the_same_for_everybody() -> None:
    claims = told({"policy": "readwrite", "level": 3, "admin": False, "roles": ["a", "{name}"]})
    name = examples.ACCOUNT.nickname
    assert (claims["policy"], claims["level"], claims["admin"]) == ("readwrite", 3, False)
    assert claims["roles"] == ["a", name]


def test_what_the_scope_asks_for_is_not_overridden() -> None:
    """The operator adds; what a specification defines stays what it says."""
    claims = told({"email": "everybody@example.com"}, ("openid", "email"))
    assert claims["email"] == f"{examples.ACCOUNT.handle}@people.example.com"


@pytest.mark.parametrize(("switch", "there"), [("scope", True), ("none", False)])
def test_they_are_where_the_claims_of_the_scope_are(
    switch: str,
    there: bool,  # noqa: FBT001 - the outcome
) -> None:
    client = examples.client(extra_claims={"role": "editor"}, claims_in_id_token=switch)
    claims = id_token_claims(
        examples.grant(scope=("openid",)),
        examples.session(),
        client,
        SOURCE,
        binding=Binding(nonce=None),
        validity=Validity(ISSUER, 0, 60),
    )
    assert ("role" in claims) is there


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sub", "root"),
        ("iss", "https://evil.example"),
        ("exp", "99999999999"),
        ("nonce", "n"),
        ("", "x"),
        ("a b", "x"),
        ("role", ""),
        ("role", " "),
        ("role", "null"),
        ("role", '"null"'),
        ("role", "{}"),
        ("role", "[]"),
        ("role", "[1]"),
        ("level", "1.5"),
        ("level", "NaN"),
        ("level", "9007199254740993"),
        ("role", '[""]'),
        ("role", "{password}"),
        ("role", '["{openid}"]'),
    ],
)
def test_what_consumers_would_stumble_over_is_refused(name: str, text: str) -> None:
    with pytest.raises(UnfitClient):
        read_extra_claim(name, text)


@given(st.text())
def test_whatever_is_written_down_is_read_or_refused(text: str) -> None:
    try:
        template = read_extra_claim("role", text)
    except UnfitClient:
        return
    assert json.loads(json.dumps(told({"role": template})))["role"] not in ("", None, [])


@given(st.text(min_size=1))
def test_a_persons_number_is_positive_and_exact_in_every_language(subject: str) -> None:
    """RFC 8259 §6."""
    assert 0 < number_for(subject) <= LARGEST_NUMBER
    assert number_for(subject) == number_for(subject)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("3", 3),
        ("true", True),
        ('"3"', "3"),
        ("readwrite", "readwrite"),
        ('["a", "{sub}"]', ["a", "{sub}"]),
    ],
)
def test_a_value_is_json_where_it_is_any(text: str, template: object) -> None:
    assert read_extra_claim("role", text) == template
