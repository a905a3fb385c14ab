"""``wechat-oidc account list``, ``show`` and ``export``."""

import asyncio
import json

import pytest

from tests.cli.terminal import Operator, sign_somebody_in


@pytest.fixture
def with_three(operator: Operator) -> Operator:
    async def arrive() -> None:
        for number, nickname in enumerate(("张伟", "100% Li_na", None)):
            await sign_somebody_in(
                operator,
                f"oPerson{number}",
                unionid=f"uPerson{number}",
                **({"nickname": nickname} if nickname else {}),
            )

    asyncio.run(arrive())
    return operator


def listed(operator: Operator, *options: str) -> list[str]:
    told = operator.told("account", "list", *options)
    return [line.split("\t")[0] for line in told.splitlines()]


def test_people_are_listed_with_what_they_are_known_by(with_three: Operator) -> None:
    lines = with_three.told("account", "list").splitlines()
    assert sorted(line.split("\t")[0] for line in lines) == ["oPerson0", "oPerson1", "oPerson2"]
    [first] = [line for line in lines if line.startswith("oPerson0")]
    subject, handle, state, signed_in, nickname = first.split("\t")
    assert (subject, handle, state, nickname) == ("oPerson0", "wxoPerson0", "active", "张伟")
    assert signed_in.endswith(" UTC")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("伟", ["oPerson0"]),
        ("LI_NA", ["oPerson1"]),
        ("0%", ["oPerson1"]),
        ("wxoperson2", ["oPerson2"]),
        ("z@example", ["oPerson2"]),
        ("i%n", []),
        ("!", []),
    ],
)
def test_what_is_searched_is_taken_as_it_is_written(
    with_three: Operator, search: str, found: list[str]
) -> None:
    with_three.told("account", "set", "oPerson2", "email=Z@Example.org")
    assert listed(with_three, "--search", search) == found


def test_a_long_list_comes_in_pages(with_three: Operator) -> None:
    seen: list[str] = []
    options = ["--limit", "2", "--json"]
    first = with_three.run("account", "list", *options)
    assert first.stderr.startswith("there are more: --after ")
    seen += [known["subject"] for known in json.loads(first.stdout)]
    after = first.stderr.split()[-1]
    seen += [
        known["subject"]
        for known in json.loads(with_three.told("account", "list", *options, "--after", after))
    ]
    assert sorted(seen) == ["oPerson0", "oPerson1", "oPerson2"]
    line = with_three.refused("account", "list", "--after", "oNobody", status=1)
    assert line == "nobody is known here by oNobody"


def test_those_who_are_kept_out_are_listed_where_they_are_asked_for(with_three: Operator) -> None:
    with_three.told("account", "disable", "oPerson1")
    assert sorted(listed(with_three)) == ["oPerson0", "oPerson2"]
    assert listed(with_three, "--state", "disabled") == ["oPerson1"]
    with_three.told("account", "erase", "oPerson2", "--yes")
    assert with_three.told("account", "list", "--state", "erased") == "-\t-\terased\t-\t-\n"
    assert len(listed(with_three, "--state", "all")) == 3


@pytest.mark.parametrize("id_", ["oPerson0", "uPerson0", "wxoPerson0", "id-oPerson0"])
def test_a_person_is_shown_by_each_of_their_ids(with_three: Operator, id_: str) -> None:
    lines = dict(
        line.split(maxsplit=1) for line in with_three.told("account", "show", id_).splitlines()
    )
    assert lines["account_id"] == "id-oPerson0"
    assert lines["subject"] == "oPerson0"
    assert lines["state"] == "active"
    assert lines["openid"].startswith("oPerson0 of application wx0123456789abcdef, since 20")
    assert lines["unionid"].startswith("uPerson0 of platform account main, since 20")
    assert lines["sign-ins"] == "1 not ended"
    assert lines["known"] == "to        client"


def test_an_id_that_names_two_people_names_neither(with_three: Operator) -> None:
    asyncio.run(sign_somebody_in(with_three, "oPerson0", appid="wxother", sid="another"))
    asyncio.run(sign_somebody_in(with_three, "uPerson0", sid="one more"))
    line = with_three.refused("account", "show", "uPerson0", status=1)
    assert line == (
        "uPerson0 names several accounts: say which by account_id: id-uPerson0, id-oPerson0"
    )


def test_nobody_is_shown_who_is_not_known(with_three: Operator) -> None:
    line = with_three.refused("account", "show", "oNobody", status=1)
    assert line == "nobody is known here by oNobody"


def test_a_conflict_is_shown_with_what_settles_it(with_three: Operator) -> None:
    asyncio.run(sign_somebody_in(with_three, "oPhone", appid="wxphone", sid="before"))
    asyncio.run(
        sign_somebody_in(with_three, "oPhone", appid="wxphone", unionid="uPerson0", sid="after")
    )
    told = with_three.told("account", "show", "oPhone")
    assert "identity.conflict with id-oPerson0, client rp, appid wxphone" in told
    command = told.rstrip().rpartition("wechat-oidc ")[2]
    assert command == "account merge id-oPerson0 id-oPhone"
    with_three.told(*command.split(), "--yes")
    told = with_three.told("account", "show", "uPerson0")
    assert "uPerson0 of platform account main" in told
    assert "from oPerson0" in told
    assert "account.merged with id-oPerson0" in told


def test_all_that_is_kept_can_be_taken_along(with_three: Operator) -> None:
    with_three.told("account", "set", "oPerson0", "email=z@example.org")
    document = json.loads(with_three.told("account", "export", "oPerson0"))
    assert document["claims"] == {"email": "z@example.org"}
    assert document["nickname"] == "张伟"
    assert [row["value"] for row in document["identities"]] == ["oPerson0", "uPerson0"]
    assert [row["client_id"] for row in document["grants"]] == ["client"]
    [session] = document["sessions"]
    assert session["auth_time"].endswith("Z")
    assert "cookie_hash" not in session
    shown = json.loads(with_three.told("account", "show", "oPerson0", "--json"))
    assert shown == document


def test_of_who_was_erased_only_that_is_shown(with_three: Operator) -> None:
    with_three.told("account", "erase", "oPerson0", "--yes")
    told = with_three.told("account", "show", "oPerson0")
    assert [line.split()[0] for line in told.splitlines()] == [
        *("account_id", "state", "first", "noted"),
    ]
    assert "state           erased since 20" in told
    document = json.loads(with_three.told("account", "export", "oPerson0"))
    assert document["subject"] is None
    assert document["identities"] == []
