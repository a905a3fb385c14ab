"""``wechat-oidc group``, and the groups that other commands show."""

import json
from typing import Any

import anyio
import pytest

from tests.cli.terminal import Operator, sign_somebody_in


@pytest.fixture
def with_one(operator: Operator) -> Operator:
    anyio.run(lambda: sign_somebody_in(operator, "oOne", unionid="uOne", nickname="张伟"))
    return operator


def shown(operator: Operator, group: str) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in operator.told("group", "show", group, "--json").splitlines()
    ]


def test_people_join_and_leave(with_one: Operator) -> None:
    assert with_one.told("group", "add", "staff", "uOne", "oNew").splitlines() == [
        "uOne is in staff: 张伟 (oOne)",
        "oNew is known to nobody here yet, and in staff once they sign in",
    ]
    assert with_one.told("group", "add", "staff", "wxoOne") == "wxoOne was in staff before\n"
    assert with_one.told("group", "list") == "staff\t2\n"
    assert with_one.told("group", "show", "staff").splitlines() == [
        "oOne\twxoOne\t张伟",
        "oNew\t-\t-\tawaited",
    ]
    assert [(each["id"], each["state"]) for each in shown(with_one, "staff")] == [
        ("oOne", "active"),
        ("oNew", "awaited"),
    ]
    anyio.run(lambda: sign_somebody_in(with_one, "oNew"))
    assert [each["state"] for each in shown(with_one, "staff")] == ["active", "active"]
    assert with_one.told("group", "remove", "staff", "oNew", "oNobody").splitlines() == [
        "oNew is no longer in staff",
        "oNobody is not in staff",
    ]
    assert with_one.told("group", "remove", "staff", "--all") == "id-oOne is no longer in staff\n"
    assert with_one.told("group", "list") == ""
    assert with_one.refused("group", "show", "staff", status=1) == "nobody is in staff"


def test_what_is_typed_wrongly_is_said_in_one_line(with_one: Operator) -> None:
    assert "letters, digits" in with_one.misused("group", "add", "a b", "oOne")
    assert "somebody is named" in with_one.misused("group", "add", "staff", "group:admins")
    assert "say who" in with_one.misused("group", "add", "staff")
    assert "say who" in with_one.misused("group", "remove", "staff")
    assert "say who" in with_one.misused("group", "remove", "staff", "oOne", "--all")


def test_accounts_show_their_groups_from_both_sources(with_one: Operator) -> None:
    with_one.told("group", "add", "staff", "oOne")
    declared = with_one.with_settings(GROUPS="admins=uOne oOther,others=oOther")
    assert declared.told("account", "list").rstrip("\n").endswith("\t张伟\tadmins staff")
    [listed] = json.loads(declared.told("account", "list", "--json"))
    assert listed["groups"] == ["admins", "staff"]
    assert "groups          admins staff\n" in declared.told("account", "show", "oOne")
    assert json.loads(declared.told("account", "export", "oOne"))["groups"] == ["admins", "staff"]
    assert declared.told("group", "list").splitlines() == [
        "admins\t0\t2 in the settings",
        "others\t0\t1 in the settings",
        "staff\t1",
    ]
    assert declared.told("group", "show", "admins").splitlines() == [
        "oOne\twxoOne\t张伟\tin the settings",
        "oOther\t-\t-\tawaited\tin the settings",
    ]
    said = declared.refused("group", "remove", "admins", "uOne", status=1)
    assert said == "uOne is in admins by the settings: change them there"


def test_who_is_gone_is_still_named_by_the_settings(with_one: Operator) -> None:
    declared = with_one.with_settings(GROUPS="admins=oOne")
    told = declared.told("account", "erase", "oOne", "--yes")
    assert "group admins: the settings still name this subject" in told


def test_a_client_admits_a_group(with_one: Operator) -> None:
    add = ("client", "add", "--client-id", "wiki", "--redirect-uri", "https://wiki.example/cb")
    with_one.told(*add, "--access", "group:staff", "--access", "oOne")
    assert "group:staff oOne" in with_one.told("client", "show", "wiki")
    assert "a group is written group:NAME" in with_one.misused(
        "client", "update", "wiki", "--access", "groups:staff"
    )
    assert "letters, digits" in with_one.misused("client", "update", "wiki", "--access", "group:")


def test_what_is_done_is_in_the_audit_trail(with_one: Operator) -> None:
    with_one.told("group", "add", "staff", "oOne", "oNew")
    with_one.told("group", "remove", "staff", "oNew")
    lines = with_one.told("audit", "--event", "group", "--json").splitlines()
    entries = [json.loads(line) for line in lines]
    assert "oNew" not in "".join(lines)
    assert [entry["detail"] for entry in entries] == [{"group": "staff"}] * 3
    # All of the same second, so in no order
    found = {(entry["event"], entry["account_id"] is None) for entry in entries}
    assert found == {("group.joined", False), ("group.joined", True), ("group.left", True)}
