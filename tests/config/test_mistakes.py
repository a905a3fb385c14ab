"""A mistake in the file, or in the name of a variable: one line for each."""

import re
from pathlib import Path

import pytest

from tests.config.examples import (
    AN_APPID,
    GOOD,
    GOOD_FILE,
    HOW,
    SECRET,
    complaint,
    read,
    with_,
    without,
)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("https://id.example.com", "", "issuer (from bridge.toml): must begin with https://"),
        ('"https://id.example.com"', "1", "issuer (from bridge.toml): must be text"),
        (
            '["' + SECRET + '"]',
            "[1]",
            "secrets (from bridge.toml): number 1 must be text, in UTF-8",
        ),
        (
            '["' + SECRET + '"]',
            f'"{SECRET}"',
            "secrets (from bridge.toml): must be a list of texts",
        ),
        ('["' + SECRET + '"]', "[]", f"secrets (from bridge.toml): must hold at least one; {HOW}"),
        (
            "[[wechat]]",
            'key_active = "600"\n[[wechat]]',
            "key_active (from bridge.toml): must be a whole number of seconds",
        ),
        (
            "[[wechat]]",
            "wechat_connect_timeout = true\n[[wechat]]",
            "wechat_connect_timeout (from bridge.toml): must be a whole number of seconds",
        ),
        ("[[wechat]]", "ca_file = 1\n[[wechat]]", "ca_file (from bridge.toml): must be a path"),
        (
            "[[wechat]]",
            'ca_file = ""\n[[wechat]]',
            "ca_file (from bridge.toml): must be a path, and not blank",
        ),
        ("wx0123456789abcdef", "wx", f"wechat.client_id (from bridge.toml): {AN_APPID}"),
        ("issuer =", "isuer =", "bridge.toml: unknown setting isuer; did you mean issuer?"),
        ("issuer =", "ISSUER =", "bridge.toml: unknown setting ISSUER; did you mean issuer?"),
        ("issuer =", "zzz =", "bridge.toml: unknown setting zzz; see docs/configuration.md"),
        ("issuer =", '"a\\u001b\\nb" =', None),
        (
            "client_secret =",
            "secret =",
            "bridge.toml: unknown setting secret under [[wechat]]; did you mean client_secret?",
        ),
        (
            "[[wechat]]",
            'wechat_client_id = "x"\n[[wechat]]',
            "bridge.toml: unknown setting wechat_client_id; did you mean wechat.client_id?",
        ),
        (
            "[[wechat]]",
            'client_id = "x"\n[[wechat]]',
            "bridge.toml: client_id belongs under [[wechat]]; move it there",
        ),
        (
            "[[wechat]]",
            '[[wechat]]\nsubject = "openid"',
            "bridge.toml: subject does not belong to [[wechat]]; move it above",
        ),
        (
            "[[wechat]]",
            '[[wechat]]\nclient_id = "wx0000000000000000"\n[[wechat]]',
            (
                "wechat.client_secret is missing: set client_secret under [[wechat]] in "
                "bridge.toml, or BRIDGE_WECHAT_CLIENT_SECRET in the environment"
            ),
        ),
        (
            "[[wechat]]",
            "[wechat]",
            "bridge.toml: wechat is a list of tables; write [[wechat]], in two brackets",
        ),
        (
            "[[wechat]]",
            "wechat = 1\n[extra]",
            "bridge.toml: unknown setting extra; see docs/configuration.md",
        ),
        ("issuer =", "issuer.url =", "issuer (from bridge.toml): must be text"),
        (
            "[[wechat]]",
            'mode = "open"\n[[wechat]]',
            "bridge.toml: mode belongs under [registration]; move it there",
        ),
        (
            "[[wechat]]",
            '[[wechat]]\naccess = "nobody"',
            "bridge.toml: access belongs under [registration]; move it there",
        ),
        (
            "[[wechat]]",
            '[registration]\nsubject = "openid"\n[[wechat]]',
            "bridge.toml: subject does not belong to [registration]; move it above",
        ),
        (
            "[[wechat]]",
            '[registration]\nmodes = "open"\n[[wechat]]',
            "bridge.toml: unknown setting modes under [registration]; did you mean mode?",
        ),
        (
            "[[wechat]]",
            "[[registration]]\n[[wechat]]",
            "bridge.toml: registration is one table; write [registration], in one bracket",
        ),
        (
            "[[wechat]]",
            "registration = 1\n[[wechat]]",
            "bridge.toml: registration is no value; write [registration] and lines below it",
        ),
        (
            "[[wechat]]",
            "[registration]\naccess = 1\n[[wechat]]",
            "registration.access (from bridge.toml): must be a list of texts",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(
    tmp_path: Path, old: str, new: str, line: str | None
) -> None:
    (tmp_path / "bridge.toml").write_text(GOOD_FILE.replace(old, new), encoding="utf-8")
    told = complaint(None, {}, tmp_path)
    assert told == line or (line is None and told.startswith("bridge.toml: unknown setting a\\x1b"))


@pytest.mark.parametrize("value", ["1", '"x"', "[1]"])
def test_an_application_is_a_table(tmp_path: Path, value: str) -> None:
    (tmp_path / "bridge.toml").write_text(f"wechat = {value}", encoding="utf-8")
    assert complaint(None, GOOD, tmp_path) == (
        "bridge.toml: wechat is no value; write [[wechat]] and lines below it"
    )


def test_an_empty_list_of_applications_is_completed_from_the_environment(tmp_path: Path) -> None:
    assert read(tmp_path, "wechat = []", **GOOD).wechat[0].client_id == "wx0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('issuer = "a"\nsecrets = [', r"at line 2, (column \d+|the end of the file)"),
        ('issuer = "a"\n\nissuer = "b"', r"at line 3, (column \d+|the end of the file)"),
        (f'issuer = "a"\nsecrets = [{SECRET}]', r"at line 2, column \d+"),
        ('issuer = "a', r"at line 1, (column \d+|the end of the file)"),
        ("key_active = " + "9" * 5000, r"4300"),
        ("secrets = " + "[" * 100_000, r"recursion"),
    ],
)
def test_an_error_in_the_toml_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "bridge.toml").write_text(text, encoding="utf-8")
    line = complaint(None, {}, tmp_path)
    assert line.startswith("bridge.toml is not valid TOML: ")
    assert re.search(fault, line)


@pytest.mark.parametrize(
    ("variable", "line"),
    [
        ("BRIDGE_ISUER", "unknown variable BRIDGE_ISUER; did you mean BRIDGE_ISSUER?"),
        ("BRIDGE_CLIENT_ID", "unknown variable BRIDGE_CLIENT_ID; did you mean BRIDGE_WECHAT_CL"),
        ("BRIDGE_SECRET_FILE", "unknown variable BRIDGE_SECRET_FILE; did you mean BRIDGE_SECRETS_"),
        ("BRIDGE_ZZZ", "unknown variable BRIDGE_ZZZ; see docs/configuration.md"),
        ("BRIDGE_PORTS", "unknown variable BRIDGE_PORTS; "),
        ("BRIDGE_SERVICE", "unknown variable BRIDGE_SERVICE; "),
        ("BRIDGE_WECHAT", "unknown variable BRIDGE_WECHAT; "),
        ("BRIDGE_A\nB", "unknown variable BRIDGE_A\\nB; "),
    ],
)
def test_an_unknown_variable_is_refused_and_the_nearest_one_suggested(
    tmp_path: Path, variable: str, line: str
) -> None:
    told = complaint(None, GOOD | {variable: SECRET}, tmp_path)
    assert told.startswith(f"environment: {line}")


def test_a_variable_and_the_file_it_may_name_are_not_both_set(tmp_path: Path) -> None:
    assert complaint(None, with_(WECHAT_CLIENT_SECRET_FILE="secret"), tmp_path) == (
        "wechat.client_secret: both BRIDGE_WECHAT_CLIENT_SECRET and "
        "BRIDGE_WECHAT_CLIENT_SECRET_FILE are set; remove one of them"
    )


def test_a_variable_must_not_be_empty(tmp_path: Path) -> None:
    assert complaint(None, with_(EMAIL_DOMAIN=" "), tmp_path) == (
        "email_domain: BRIDGE_EMAIL_DOMAIN is empty; give it a value, or remove BRIDGE_EMAIL_DOMAIN"
    )


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("absent", " cannot be read: No such file or directory"),
        # The secret itself in place of its file's name.
        (SECRET, " cannot be read: No such file or directory"),
        (".", " cannot be read: Is a directory"),
        ("", " cannot be read: the variable is empty"),
        ("binary", " cannot be read: it is not UTF-8 text"),
        ("blank", " is empty; give it a value, or remove BRIDGE_SECRETS_FILE"),
    ],
)
def test_a_named_file_that_cannot_be_used_is_told_with_its_variable(
    tmp_path: Path, named: str, fault: str
) -> None:
    (tmp_path / "binary").write_bytes(SECRET.encode() + b"\xff")
    (tmp_path / "blank").write_bytes(b" \n")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": named}
    line = complaint(None, environ, tmp_path)
    assert line == f"secrets: the file named in BRIDGE_SECRETS_FILE{fault}"


def test_a_bad_value_in_a_named_file_is_told_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"{SECRET}\nshort\n", encoding="utf-8")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": "secrets"}
    assert complaint(None, environ, tmp_path) == (
        "secrets (from the file named in BRIDGE_SECRETS_FILE): "
        f"number 2 is shorter than 32 bytes; {HOW}"
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("absent.toml", "absent.toml cannot be read: No such file or directory"),
        ("folder", "folder cannot be read: Is a directory"),
        ("binary.toml", "binary.toml cannot be read: it is not UTF-8 text"),
        ("binary.toml/x", "binary.toml/x cannot be read: Not a directory"),
    ],
)
def test_a_file_that_the_option_names_must_be_readable(
    tmp_path: Path, name: str, line: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary.toml").write_bytes(b"\xff")
    assert complaint(Path(name), GOOD, tmp_path) == line


def test_a_default_file_that_is_there_must_be_readable(tmp_path: Path) -> None:
    """A broken link, or the folder that Docker makes for a file that is absent."""
    (tmp_path / "bridge.toml").symlink_to("absent")
    line = complaint(None, GOOD, tmp_path)
    assert line == "bridge.toml cannot be read: No such file or directory"
    (tmp_path / "bridge.toml").unlink()
    (tmp_path / "bridge.toml").mkdir()
    assert complaint(None, GOOD, tmp_path) == "bridge.toml cannot be read: Is a directory"


def test_a_default_file_that_cannot_be_looked_for_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = complaint(None, GOOD, tmp_path / "file")
    assert line == "bridge.toml cannot be read: Not a directory"
