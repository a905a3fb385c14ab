"""Relying parties in the file: ``[[client]]``. What else they say, the commands judge."""

from pathlib import Path

import pytest

from bridge.config import read_settings
from tests.config.examples import GOOD, GOOD_FILE, complaint, read, with_

SECRET = "t0-Xb2Wm5fQ8sLzN4kVyR1c"
HOW = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def grafana(*lines: str) -> str:
    return "\n".join((GOOD_FILE, "[[client]]", 'client_id = "grafana"', *lines))


def test_there_are_none_by_default(tmp_path: Path) -> None:
    assert read(tmp_path, **GOOD).client == ()


def test_its_options_are_handed_on_as_they_are(tmp_path: Path) -> None:
    (client,) = read(
        tmp_path, grafana(f'client_secret = "{SECRET}"', 'name = "Grafana"', "redirect_uri = []")
    ).client
    assert (client.client_id, client.secret, client.former_secret) == ("grafana", SECRET, None)
    assert client.options == {"name": "Grafana", "redirect_uri": []}


def test_several_are_read_in_their_order(tmp_path: Path) -> None:
    both = read(tmp_path, grafana() + '\n[[client]]\nclient_id = "gitlab"').client
    assert [client.client_id for client in both] == ["grafana", "gitlab"]


def test_secrets_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "present").write_text(f"{SECRET}\n")
    (tmp_path / "former").write_text(f"{SECRET}-former")
    (client,) = read(
        tmp_path,
        grafana('client_secret_file = "present"', 'former_client_secret_file = "former"'),
    ).client
    assert (client.secret, client.former_secret) == (SECRET, f"{SECRET}-former")


def test_the_text_of_settings_shows_no_secret_of_a_client(tmp_path: Path) -> None:
    secrets = (f'client_secret = "{SECRET}"', f'former_client_secret = "{SECRET}-former"')
    assert SECRET not in repr(read(tmp_path, grafana(*secrets)))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ('client_secret = "short"',),
            (
                "client.1.client_secret (from bridge.toml): must be at least 22 characters of ASCII"
                f" without spaces; {HOW}"
            ),
        ),
        (
            ('client_secret = "of 22 characters, and more"',),
            (
                "client.1.client_secret (from bridge.toml): must be at least 22 characters of ASCII"
                f" without spaces; {HOW}"
            ),
        ),
        (
            ("client_secret = 12345678901234567890123",),
            "client.1.client_secret (from bridge.toml): must be text",
        ),
        (
            (f'client_secret = "{SECRET}"', 'client_secret_file = "f"'),
            (
                "client.1.client_secret: client_secret and client_secret_file are both set;"
                " remove one of them"
            ),
        ),
        (("client_secret_file = 1",), "client.1.client_secret_file: must be a path"),
        (
            ('client_secret_file = "missing"',),
            (
                "client.1.client_secret: the file named there cannot be read:"
                " No such file or directory"
            ),
        ),
        (
            ("[[client]]", 'name = "nameless"'),
            "client.2.client_id is missing: every [[client]] in bridge.toml has a client_id",
        ),
        (
            ("[[client]]", 'client_id = "a b"'),
            (
                "client.2.client_id (from bridge.toml): holds letters, digits and . _ ~ - only,"
                " 1 to 100 of them"
            ),
        ),
        (
            ("[[client]]", 'client_id = "grafana"'),
            "client (from bridge.toml): the client_id grafana is given twice",
        ),
    ],
)
def test_what_is_wrong_with_one_is_told(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    (tmp_path / "bridge.toml").write_text(grafana(*lines))
    line = complaint(None, {}, tmp_path)
    assert line == said
    assert SECRET not in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[client]", "client is a list of tables; write [[client]], in two brackets"),
        ("client = 1", "client is no value; write [[client]] and lines below it"),
    ],
)
def test_another_form_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bridge.toml").write_text(f"{text}\n{GOOD_FILE}")
    assert complaint(None, {}, tmp_path) == f"bridge.toml: {said}"


def test_the_environment_has_no_place_for_them(tmp_path: Path) -> None:
    for variable in ("CLIENT", "CLIENT_FILE", "CLIENT_CLIENT_ID"):
        line = complaint(None, with_(**{variable: "grafana"}), tmp_path)
        assert line.startswith(f"environment: unknown variable BRIDGE_{variable}")
    assert read_settings(None, GOOD, directory=tmp_path).client == ()
