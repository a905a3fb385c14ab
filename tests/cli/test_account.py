"""``wechat-oidc account``."""

import asyncio

import pytest

from tests.cli.terminal import Operator, sign_somebody_in


@pytest.fixture
def with_somebody(operator: Operator) -> Operator:
    asyncio.run(sign_somebody_in(operator))
    return operator


def test_what_is_written_down_is_printed_and_kept(with_somebody: Operator) -> None:
    told = with_somebody.told(
        *("account", "set", "oSomebody", "name=张伟", "phone_number=+86 10 1234 5678"),
        *("email=zhang@example.org", "email_verified=true", 'address={"country": "CN"}'),
    )
    assert told.splitlines() == [
        'address                {"country": "CN"}',
        "email                  zhang@example.org",
        "email_verified         true",
        "name                   张伟",
        "phone_number           +86 10 1234 5678",
    ]
    told = with_somebody.told("account", "set", "oSomebody", "name=", "email=z@example.org")
    assert told.splitlines()[1] == "email                  z@example.org"
    assert "name " not in told


def test_nobody_can_be_written_about_who_has_never_signed_in(with_somebody: Operator) -> None:
    line = with_somebody.refused("account", "set", "oNobody", "name=x", status=1)
    assert line == "nobody is known here by oNobody"


def test_nobody_is_written_about_who_is_somebody_else_now(with_somebody: Operator) -> None:
    with_somebody.told("account", "erase", "oSomebody", "--yes")
    line = with_somebody.refused("account", "set", "oSomebody", "name=x", status=1)
    assert line == "oSomebody is nobody's any more"


def test_a_person_is_written_about_by_any_of_their_ids(with_somebody: Operator) -> None:
    told = with_somebody.told("account", "set", "wxoSomebody", "name=x")
    assert told == with_somebody.told("account", "set", "id-oSomebody", "locale=en", "locale=")


@pytest.mark.parametrize(
    ("assignment", "fault"),
    [
        ("name", "name: write CLAIM=VALUE"),
        ("sub=root", "sub is none of name, given_name"),
        ("sub=", "sub is none of name, given_name"),
        ("birthdate=yesterday", "birthdate: it must be YYYY-MM-DD or YYYY"),
        ("email=root@ID.example.com", "email: addresses at id.example.com are made up for people"),
    ],
)
def test_what_cannot_be_written_down_is_told(
    with_somebody: Operator, assignment: str, fault: str
) -> None:
    assert with_somebody.misused("account", "set", "oSomebody", assignment).startswith(fault)


def test_an_address_that_somebody_else_has_is_refused(with_somebody: Operator) -> None:
    asyncio.run(sign_somebody_in(with_somebody, "oAnother"))
    with_somebody.told("account", "set", "oAnother", "email=z@example.org")
    line = with_somebody.refused("account", "set", "oSomebody", "email=Z@example.org", status=1)
    assert line == "somebody else has this e-mail address"
