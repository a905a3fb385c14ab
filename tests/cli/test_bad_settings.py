"""Whatever an operator has to change ends a command with one line and status 2."""

import asyncio
import socket
import sqlite3
from pathlib import Path

import pytest
import trustme

from bridge.app import open_provider
from tests.cli.terminal import SECRET, Operator, sign_somebody_in

COMMANDS = [("serve",), ("check",), ("client", "list"), ("keys", "list"), ("keys", "rotate")]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ISSUER", "http://id.example.com", "http is only for localhost"),
        ("ISSUER", "https://id.example.com/oidc", "must not contain a path"),
        ("ISSUER", None, "issuer is missing"),
        ("SECRETS", None, "secrets is missing"),
        ("SECRETS", "short", "shorter than 32 bytes"),
        ("WECHAT_CLIENT_ID", "wx0123", "must be an AppID"),
        ("WECHAT_CLIENT_SECRET", None, "wechat.client_secret is missing"),
        ("WECHAT_CLIENT_SECRET_FILE", "/nowhere", "both BRIDGE_WECHAT_CLIENT_SECRET and"),
        ("ISSUERR", "https://id.example.com", "did you mean BRIDGE_ISSUER?"),
        ("CONFIG", "nowhere.toml", "nowhere.toml cannot be read: No such file or directory"),
        ("DATABASE", "postgresql://db", "the name of the database is missing"),
        ("CA_FILE", "nowhere.pem", "cannot be read: No such file or directory"),
    ],
)
def test_a_bad_setting_is_told_in_one_line(
    operator: Operator, name: str, value: str | None, fault: str
) -> None:
    assert fault in operator.with_settings(**{name: value}).refused("serve")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_needs_settings_refuses_bad_ones(
    operator: Operator, command: tuple[str, ...]
) -> None:
    bad = operator.with_settings(ISSUER="http://id.example.com")
    assert bad.refused(*command).startswith("issuer (from BRIDGE_ISSUER): ")


def test_an_unknown_key_in_the_file_is_told_with_the_file(operator: Operator) -> None:
    (operator.folder / "mine.toml").write_text('isuer = "https://id.example.com"', "utf-8")
    line = operator.refused("serve", "--config", "mine.toml")
    assert line == "mine.toml: unknown setting isuer; did you mean issuer?"


def test_a_file_that_is_a_folder_cannot_be_read(operator: Operator) -> None:
    assert operator.refused("serve", "--config", ".") == ". cannot be read: Is a directory"


# Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    authority = trustme.CA()
    for name in ("one", "other"):
        issued = authority.issue_cert("localhost")
        issued.private_key_pem.write_to_path(tmp_path / f"{name}.key")
        issued.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.crt")
    return tmp_path


@pytest.mark.parametrize("command", ["serve", "simulate"])
@pytest.mark.parametrize(
    "options", [("--tls-certificate", "one.crt"), ("--tls-key", "one.key")], ids=["no key", "only"]
)
def test_a_certificate_and_its_key_go_together(
    operator: Operator, certificates: Path, command: str, options: tuple[str, str]
) -> None:
    assert certificates.is_dir()
    line = operator.refused(command, *options)
    assert line == "--tls-certificate and --tls-key go together: give both, or none"


@pytest.mark.parametrize(
    ("certificate", "key"), [("one.crt", "other.key"), ("one.key", "one.key"), ("one.crt", "empty")]
)
def test_a_key_that_is_not_the_certificates_is_refused(
    operator: Operator, certificates: Path, certificate: str, key: str
) -> None:
    (certificates / "empty").touch()
    line = operator.refused("serve", "--tls-certificate", certificate, "--tls-key", key)
    assert line.startswith(f"{certificate} and {key} are no certificate and its key")


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(
    operator: Operator, certificates: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    plain = load_pem_private_key((certificates / "one.key").read_bytes(), None)
    (certificates / "locked.key").write_bytes(
        plain.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    line = operator.refused("serve", "--tls-certificate", "one.crt", "--tls-key", "locked.key")
    assert "without a password" in line


# Where to listen


def test_a_port_in_use_is_told(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = operator.refused("serve", "--port", str(port), status=1)
    assert line.startswith(f"cannot listen on 127.0.0.1 port {port}: Address already in use")


@pytest.mark.parametrize("host", ["192.0.2.1", "no such name", "é" * 70, "."])
def test_an_address_that_is_not_of_this_machine_is_told(operator: Operator, host: str) -> None:
    line = operator.refused("serve", "--host", host, "--port", "0", status=1)
    assert line.startswith(f"cannot listen on {host} port 0: ")


def test_an_empty_address_is_not_every_address(operator: Operator) -> None:
    assert operator.refused("serve", "--host", "", status=1).startswith("--host is empty")


@pytest.mark.parametrize(
    ("command", "port"),
    [("serve", "65536"), ("simulate", "-1"), ("demo", "65534"), ("serve", "http")],
)
def test_a_port_that_is_none_is_refused(operator: Operator, command: str, port: str) -> None:
    assert port in operator.misused(command, "--port", port)


# The data


def test_a_database_that_cannot_be_written_is_told_with_its_path(operator: Operator) -> None:
    (operator.folder / "data").touch()
    for command in (("serve", "--port", "0"), ("client", "list")):
        assert f"{operator.folder}/data/bridge.db cannot be" in operator.refused(*command)


def test_a_file_that_is_no_database_is_told(operator: Operator) -> None:
    (operator.folder / "data").mkdir()
    (operator.folder / "data" / "bridge.db").write_text("no database, but long enough" * 20)
    line = operator.refused("client", "list")
    assert f"{operator.folder}/data/bridge.db" in line
    assert "file is not a database" in line


def test_a_broken_keys_file_is_told_and_kept(operator: Operator) -> None:
    keys = operator.folder / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "signing-keys.json").write_text("{}")
    (keys / "signing-keys.json").chmod(0o600)
    for command in (("serve", "--port", "0"), ("keys", "list"), ("keys", "rotate")):
        assert f"{keys}/signing-keys.json cannot be used: " in operator.refused(*command)
    assert (keys / "signing-keys.json").read_text() == "{}"


def test_a_database_newer_than_the_program_is_told(operator: Operator) -> None:
    operator.told("client", "list")
    with _opened(operator) as database:
        database.execute("UPDATE installation SET value = '9999' WHERE name = 'schema_version'")
    database.close()
    line = operator.refused("serve", "--port", "0")
    assert "the database has schema 9999" in line
    assert "restore a backup" in line


def test_secrets_that_do_not_open_the_database_are_told_with_the_way_out(
    operator: Operator,
) -> None:
    asyncio.run(_open(operator))
    other = operator.with_settings(SECRETS="another-secret-of-more-than-32-bytes")
    line = other.refused("serve", "--port", "0")
    assert line == (
        "the database was written under other secrets: add the former one at the end of the"
        " setting secrets"
    )


def test_a_secret_can_be_given_up_once_another_has_sealed_what_it_sealed(
    operator: Operator,
) -> None:
    other = "Zq8-nB3vTy70_wKfS1hXd5Rm9EgJcU2p"
    operator.serving("serve", "--port", "0")
    both = operator.with_settings(SECRETS=f"{other},{SECRET}")
    both.serving("serve", "--port", "0")
    assert "under other secrets" in operator.with_settings(SECRETS=other).refused(
        "serve", "--port", "0"
    )
    both.told("secrets", "reseal")
    operator.with_settings(SECRETS=other).serving("serve", "--port", "0")
    assert "under other secrets" in operator.refused("serve", "--port", "0")


# Real people and simulated ones


@pytest.mark.parametrize("real_first", [True, False], ids=["real", "simulated"])
def test_accounts_of_the_other_wechat_are_refused_with_both_ways_out(
    operator: Operator, *, real_first: bool
) -> None:
    simulating = operator.with_settings(
        API_HOSTS="http://localhost:8001", AUTHORIZE_HOST="http://localhost:8001"
    )
    before, after = (operator, simulating) if real_first else (simulating, operator)
    asyncio.run(sign_somebody_in(before))
    line = after.refused("serve", "--port", "0")
    assert ("the real WeChat" if real_first else "the simulated WeChat") in line
    assert "use an empty database" in line
    assert "--accept-simulated-accounts" in line
    after.serving("serve", "--port", "0", "--accept-simulated-accounts")
    # Decided once, it need not be said again.
    after.serving("serve", "--port", "0")


def _opened(operator: Operator) -> sqlite3.Connection:
    return sqlite3.connect(operator.folder / "data" / "bridge.db")


async def _open(operator: Operator) -> None:
    async with open_provider(operator.settings()):
        pass
