"""docs/a-key-leaked.md: every command that it types does what it says."""

import re
from pathlib import Path

import pytest

from tests.cli.terminal import Operator

PAGE = Path(__file__).parents[2] / "docs" / "a-key-leaked.md"

BLOCKS = [
    (heading, block)
    for heading, text in re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for block in re.findall(r"^ *(?:\d\. )?```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
]


def test_each_section_has_its_commands() -> None:
    assert [heading for heading, _ in BLOCKS] == [
        *("A signing key", "A signing key", "`secrets`", "`secrets`", "The AppSecret"),
        *("A client's secret", "The database, or a backup"),
    ]


@pytest.mark.parametrize("block", [block for _, block in BLOCKS])
@pytest.mark.parametrize("keys", ["directory", "database"])
def test_the_commands_of_the_page_do_what_they_say(
    patient: Operator, block: str, keys: str
) -> None:
    operator = patient.with_settings(KEYS=keys)
    secret = operator.told(
        *("client", "add", "--client-id", "app", "--access", "nobody"),
        *("--redirect-uri", "https://a.example/cb", "--auth-method", "client_secret_jwt"),
    )
    kid = operator.told("keys", "list").split("\t")[0]
    for line in block.strip().splitlines():
        program, *words = line.split()
        assert program == "wechat-oidc"
        words = [{"KID": kid, "CLIENT_ID": "app"}.get(word, word) for word in words]
        told = operator.told(*words)
        assert told
        if words[:2] == ["keys", "revoke"]:
            assert kid not in operator.told("keys", "list")
        if words[:2] == ["client", "rotate-secret"]:
            assert told not in secret
