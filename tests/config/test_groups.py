"""Groups that the settings name."""

from pathlib import Path

import pytest

from bridge.config import read_settings
from tests.config.examples import complaint, with_

FILE = """
[groups]
admins = ["oSomebody", "wxk3n7q2hd5apt"]
nobody = []
"""


def test_a_group_is_a_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text(FILE)
    settings = read_settings(None, with_(), directory=tmp_path)
    assert settings.groups == {"admins": ("oSomebody", "wxk3n7q2hd5apt"), "nobody": ()}
    assert settings.declared_groups["admins"] == {"oSomebody", "wxk3n7q2hd5apt"}


def test_the_environment_takes_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text(FILE)
    environ = with_(GROUPS="staff=oA oB, guests=oC")
    settings = read_settings(None, environ, directory=tmp_path)
    assert settings.groups == {"staff": ("oA", "oB"), "guests": ("oC",)}
    (tmp_path / "groups").write_text("staff=oA\nguests=oC oD\n")
    settings = read_settings(None, with_(GROUPS_FILE="groups"), directory=tmp_path)
    assert settings.groups == {"staff": ("oA",), "guests": ("oC", "oD")}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("groups = 3", "must be a table"),
        ('[groups]\nstaff = "oA"', "must have lists of ids"),
        ("[groups]\nstaff = [1]", "must have lists of ids"),
        ('[groups]\n"a b" = ["oA"]', "cannot be used: the name of a group holds"),
        ('[groups]\nstaff = ["group:admins"]', "cannot be used: somebody is named by"),
        ('[[groups]]\nstaff = ["oA"]', "must hold groups such as staff=oSomebody"),
    ],
)
def test_a_mistake_is_said_in_one_line(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "bridge.toml").write_text(text)
    line = complaint(None, with_(), tmp_path)
    assert line.startswith(f"groups (from bridge.toml): {fault}")
