"""``wechat-oidc client presets``."""

import re

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.presets import preset, preset_names


def told(*words: str) -> str:
    result = CliRunner().invoke(main, ["client", "presets", *words], prog_name="wechat-oidc")
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def test_each_preset_has_a_line_with_its_name_and_whose_it_is() -> None:
    """No bridge is needed to look."""
    lines = told().splitlines()
    assert [line.split("\t")[0] for line in lines] == list(preset_names())
    assert "keycloak\tKeycloak" in lines


def test_one_is_shown_with_what_it_asks_for_and_what_it_registers() -> None:
    shown = dict(re.split(r"\s+", line, maxsplit=1) for line in told("keycloak").splitlines())
    assert shown["consumer"] == "Keycloak"
    assert shown["ours"] == "docs/consumers/keycloak.md"
    assert shown["--url"] == "its own address, such as https://keycloak.example.com"
    assert shown["redirect_uris"] == "{b}/realms/{realm}/broker/{alias}/endpoint"
    lines = told("keycloak").splitlines()
    assert any(line.startswith("--with realm= ") and "staff" in line for line in lines)
    assert any(line.startswith("--with alias= ") and "wechat if not" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("tailscale", "access nobody"),
        ("mattermost", "extra_claims id={number} username={preferred_username}"),
        ("spa", "secret none, it is a public client"),
        ("auth0", "--with channel= the type of the connection: back or front; back if not given"),
        ("discourse", "email_verified omit"),
        ("spa", "known from our own tests"),
        ("miniflux", "known from what another provider's manual says of it; not tried"),
    ],
)
def test_what_is_particular_about_one_is_shown(name: str, line: str) -> None:
    assert line in [" ".join(shown.split()) for shown in told(name).splitlines()]


@pytest.mark.parametrize("name", preset_names())
def test_every_one_can_be_shown(name: str) -> None:
    shown = told(name)
    assert preset(name).manual in shown
    assert "Traceback" not in shown


def test_one_that_is_not_known_is_told_with_those_that_are_like_it() -> None:
    result = CliRunner().invoke(main, ["client", "presets", "gitlba"], prog_name="wechat-oidc")
    assert result.exit_code == 2
    assert "there is no preset 'gitlba': did you mean gitlab" in result.stderr
