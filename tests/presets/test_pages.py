"""docs/consumers: each page shows what the program does."""

import pytest

from bridge.presets import preset, preset_names
from tests.presets.operator import PAGES, Operator, options_on
from tests.presets.table import TABLE

NAMES = tuple(TABLE)


def test_each_preset_has_a_page_and_the_index_names_all() -> None:
    pages = {page.stem for page in PAGES.glob("*.md")}
    assert sorted(pages - {"README"}) == list(preset_names())
    index = (PAGES / "README.md").read_text("utf-8")
    assert [name for name in preset_names() if f"]({name}.md)" not in index] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_what_its_command_prints(operator: Operator, name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert options_on(page) == f"--preset {name} {TABLE[name]['options']}".rstrip()
    assert f"```text\n{operator.added(name).printed}\n```" in page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_whether_it_was_tried_and_where_its_makers_explain(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert preset(name).manual in page
    tried = preset(name).known_from == "tests"
    assert ("not tried" in " ".join(page.split())) is not tried
