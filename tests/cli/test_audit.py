"""``wechat-oidc audit``."""

import json
from typing import Any

import anyio
import pytest

from tests.cli.terminal import Operator, sign_somebody_in

ADD = ("client", "add", "--client-id", "grafana", "--redirect-uri", "https://grafana.example/cb")


def entries(operator: Operator, *args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in operator.told("audit", "--json", *args).splitlines()]


@pytest.fixture
def busy(operator: Operator) -> Operator:
    """Somebody has signed in, and the operator has done this and that."""
    anyio.run(lambda: sign_somebody_in(operator, "oOne"))
    operator.told(*ADD, "--access", "nobody")
    operator.told("client", "update", "grafana", "--name", "Grafana")
    operator.told("client", "rotate-secret", "grafana")
    operator.told("client", "remove", "grafana")
    operator.told("account", "set", "oOne", "name=Zhang Wei")
    operator.told("account", "disable", "oOne")
    return operator


def test_what_the_operator_did_is_there(busy: Operator) -> None:
    found = entries(busy)
    assert sorted((each["event"], each["client_id"], each["result"]) for each in found) == [
        ("account.changed", None, "done"),
        ("account.disabled", None, "done"),
        ("client.added", "grafana", "done"),
        ("client.changed", "grafana", "done"),
        ("client.removed", "grafana", "done"),
        ("client.secret_rotated", "grafana", "done"),
        ("sign_in.completed", "rp", "done"),
    ]
    assert [each["at"] for each in found] == sorted((each["at"] for each in found), reverse=True)
    assert all(each["at"].endswith("Z") for each in found)


def test_it_is_asked_by_person_client_event_and_time(busy: Operator) -> None:
    assert {each["event"] for each in entries(busy, "--account", "oOne")} == {
        "account.changed",
        "account.disabled",
        "sign_in.completed",
    }
    assert len(entries(busy, "--client", "grafana")) == 4
    assert [each["client_id"] for each in entries(busy, "--event", "sign_in")] == ["rp"]
    assert len(entries(busy, "--since", "1h")) == 7
    assert entries(busy, "--until", "1h") == []
    assert entries(busy, "--since", "2999-01-01") == []
    assert entries(busy, "--until", "2001-01-01T08:30") == []


def test_it_is_readable_in_a_narrow_terminal(busy: Operator) -> None:
    shown = busy.told("audit").splitlines()
    assert max(map(len, shown)) <= 80
    heads = [line for line in shown if not line.startswith(" ")]
    assert len(heads) == 7
    assert all(" UTC  " in line for line in heads)
    sign_in = busy.told("audit", "--event", "sign_in").splitlines()
    assert sign_in[0].endswith("  sign_in.completed")
    assert " ".join(line.strip() for line in sign_in[1:]) == (
        "done, client rp, account id-oOne, appid wx0123456789abcdef"
    )


def test_it_goes_on_where_it_ended(busy: Operator) -> None:
    first = busy.run("audit", "--limit", "5", "--json")
    assert first.exit_code == 0
    told, _, after = first.stderr.strip().rpartition(" ")
    assert told == "there are more: --after"
    rest = entries(busy, "--after", after)
    seen = [json.loads(line)["audit_id"] for line in first.stdout.splitlines()]
    assert seen[-1] == after
    assert seen + [each["audit_id"] for each in rest] == [
        each["audit_id"] for each in entries(busy)
    ]


def test_what_cannot_be_asked_is_said_in_one_line(busy: Operator) -> None:
    assert "write 2026-11-01" in busy.misused("audit", "--since", "yesterday")
    assert "sign_in.completed" in busy.misused("audit", "--event", "signin")
    assert busy.refused("audit", "--after", "x", status=1) == "x is no entry of the audit trail"


def test_what_a_person_asks_for_has_their_entries(busy: Operator) -> None:
    exported = json.loads(busy.told("account", "export", "oOne"))
    assert [each["event"] for each in exported["audit"]].count("sign_in.completed") == 1
    assert {"address", "browser", "reason"} <= exported["audit"][0].keys()
    shown = busy.told("account", "show", "oOne")
    assert "sign_in.completed" not in shown
    assert "account.disabled" in shown
