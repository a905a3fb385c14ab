"""``wechat-oidc keys move``, and what happens where keys are not where the settings say."""

import json
import shutil
from pathlib import Path

from tests.cli.terminal import Operator
from tests.cli.test_keys import listed


def folder_of(operator: Operator) -> Path:
    return operator.folder / "data" / "keys"


def stored(operator: Operator) -> Operator:
    return operator.with_settings(KEYS="database")


def test_keys_move_to_the_database_and_back_and_stay_the_same(operator: Operator) -> None:
    before = listed(operator)
    lines = operator.told("keys", "move", "--to", "database").splitlines()
    assert lines[:2] == [f"{kid}\t{alg}\tis in the database" for kid, alg, *_ in before]
    assert 'set keys = "database" and restart' in lines[2]
    assert str(folder_of(operator) / "signing-keys.json") in lines[3]
    shutil.rmtree(folder_of(operator))
    assert listed(stored(operator)) == before
    line = operator.refused("keys", "list")
    assert "keys move --to directory" in line
    assert not folder_of(operator).exists()
    operator.told("keys", "move", "--to", "directory")
    assert listed(operator) == before
    assert (folder_of(operator) / "signing-keys.json").stat().st_mode & 0o777 == 0o600


def test_to_move_twice_changes_nothing(operator: Operator) -> None:
    before = listed(operator)
    first = operator.told("keys", "move", "--to", "database")
    assert operator.told("keys", "move", "--to", "database") == first
    assert listed(stored(operator)) == before


def test_other_keys_are_given_up_only_where_the_operator_says_so(operator: Operator) -> None:
    in_folder = listed(operator)
    operator.told("keys", "move", "--to", "database")
    changed = stored(operator)
    changed.told("keys", "revoke", "--all")
    in_database = listed(changed)
    for place in ("database", "directory"):
        line = operator.refused("keys", "move", "--to", place, status=1)
        assert line == f"the {place} has other signing keys already; --replace gives them up"
    assert (listed(operator), listed(changed)) == (in_folder, in_database)
    operator.told("keys", "move", "--to", "directory", "--replace")
    assert listed(operator) == in_database


def test_where_there_are_no_keys_there_is_nothing_to_move(operator: Operator) -> None:
    line = operator.refused("keys", "move", "--to", "database", status=1)
    assert line == f"{folder_of(operator)} has no signing keys"
    line = operator.refused("keys", "move", "--to", "directory", status=1)
    assert line == "the database has no signing keys"


def test_keys_come_from_the_folder_that_is_named(operator: Operator, tmp_path: Path) -> None:
    before = listed(operator)
    folder_of(operator).rename(tmp_path / "elsewhere")
    operator.told("keys", "move", "--to", "database", "--directory", str(tmp_path / "elsewhere"))
    assert listed(stored(operator)) == before


def test_a_first_start_with_keys_in_the_database_takes_those_of_the_folder(
    operator: Operator,
) -> None:
    """Nobody's published keys are lost, and the log says it."""
    before = listed(operator)
    _, log = stored(operator).serving("serve", "--port", "0")
    assert "signing_keys.imported" in log
    assert all(kid in log for kid, *_ in before)
    assert listed(stored(operator)) == before
    _, log = stored(operator).serving("serve", "--port", "0")
    assert "signing_keys.imported" not in log


def test_a_folder_that_cannot_be_used_is_no_reason_to_make_new_keys(operator: Operator) -> None:
    listed(operator)
    (folder_of(operator) / "signing-keys.json").write_text("{}")
    line = stored(operator).refused("serve", "--port", "0")
    assert 'signing-keys.json cannot be used: it has no member "keys"' in line


def test_check_says_where_the_keys_are_and_what_was_left_behind(operator: Operator) -> None:
    def keys_of(who: Operator) -> list[tuple[str, str]]:
        told = json.loads(who.run("check", "--json").stdout)
        return [(one["verdict"], one["text"]) for one in told if one["subject"] == "keys"]

    (kid, *_), _ = listed(operator)
    first, rs256, es256 = keys_of(operator)
    assert first == ("ok", f"2 published, kept in the folder {folder_of(operator)}")
    assert rs256[1].startswith(f"RS256: {kid} has signed for 0 days, its successor is announced")
    assert es256[1].startswith("ES256: ")
    operator.told("keys", "rotate")
    _, rs256, _ = keys_of(operator)
    assert ", the next one signs from " in rs256[1]
    first, *_, left = keys_of(stored(operator))
    assert first == ("ok", "4 published, kept in the database")
    assert left[0] == "warning"
    assert "signing-keys.json is used no longer" in left[1]
