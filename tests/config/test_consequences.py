"""What follows from settings."""

from pathlib import Path

import pytest
import trustme

from bridge.config import read_settings
from tests.config.examples import GOOD, read, with_


def test_the_default_database_and_its_keys_are_under_var_lib(tmp_path: Path) -> None:
    settings = read(tmp_path, **GOOD)
    assert settings.sqlite_path == Path("/var/lib/wechat-oidc/bridge.db")
    assert settings.keys_path == Path("/var/lib/wechat-oidc/keys")


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ("sqlite:///srv/x.db", Path("/srv/x.db")),
        ("sqlite:data/x.db", Path("WORKING/data/x.db")),
        ("sqlite:x.db", Path("WORKING/x.db")),
        ("sqlite:../x.db", Path("WORKING/../x.db")),
    ],
)
def test_three_slashes_are_an_absolute_path_and_none_a_relative_one(
    tmp_path: Path, database: str, path: Path
) -> None:
    settings = read(tmp_path, **with_(DATABASE=database))
    assert settings.sqlite_path == Path(str(path).replace("WORKING", str(tmp_path)))
    assert settings.keys_path == settings.sqlite_path.parent / "keys"


def test_paths_are_relative_to_the_working_directory_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings(None, with_(DATABASE="sqlite:data/x.db"))
    assert settings.sqlite_path == Path("data/x.db")


def test_the_keys_may_be_kept_elsewhere(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(KEYS_DIRECTORY="elsewhere"))
    assert settings.keys_path == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("database", "keys", "stored"),
    [
        ("sqlite:x.db", None, False),
        ("sqlite:x.db", "database", True),
        ("postgresql://bridge@h/bridge", None, True),
        ("postgresql://bridge@h/bridge", "directory", False),
    ],
)
def test_the_keys_are_in_a_postgresql_database_and_beside_a_file_unless_it_is_said(
    tmp_path: Path, database: str, keys: str | None, *, stored: bool
) -> None:
    more = {} if keys is None else {"KEYS": keys, "KEYS_DIRECTORY": "keys"}
    settings = read(tmp_path, **with_(DATABASE=database, **more))
    assert settings.keys_are_stored is stored
    assert (settings.keys_path is None) is (settings.is_postgresql and keys is None)


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://bridge:a%2Fb%40c@db.example:5433/bridge?sslmode=verify-full",
        "postgres://bridge@[2001:db8::1]/bridge",
        "postgresql:///bridge?host=/run/postgresql",
        "postgresql://bridge:pw@one.example,two.example/bridge?target_session_attrs=read-write",
    ],
)
def test_a_postgresql_database_is_told_without_its_address(tmp_path: Path, database: str) -> None:
    settings = read(tmp_path, **with_(DATABASE=database))
    assert settings.is_postgresql
    assert settings.database.get_secret_value() == database
    assert settings.database_shown == "PostgreSQL"
    for told in (repr(settings), str(settings)):
        assert not any(
            part in told for part in ("a%2Fb%40c", "pw", "db.example", "one.example", "2001", "run")
        )


@pytest.mark.parametrize(
    ("issuer", "host"),
    [
        ("https://id.example.com:8443", "id.example.com"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[IPv6:::1]"),
    ],
)
def test_made_up_addresses_are_at_the_host_of_the_issuer(
    tmp_path: Path, issuer: str, host: str
) -> None:
    assert read(tmp_path, **with_(ISSUER=issuer)).email_host == host


def test_made_up_addresses_may_be_at_a_domain_of_their_own(tmp_path: Path) -> None:
    assert read(tmp_path, **with_(EMAIL_DOMAIN="nomail.example")).email_host == "nomail.example"


@pytest.mark.parametrize(
    ("hosts", "simulated"),
    [
        ({}, False),
        ({"API_HOSTS": "sh.api.weixin.qq.com,https://hk.api.weixin.qq.com"}, False),
        ({"API_HOSTS": "https://api.weixin.qq.com,http://127.0.0.1:8001"}, True),
        ({"API_HOSTS": "api.weixin.qq.com:8443"}, True),
        ({"AUTHORIZE_HOST": "http://localhost:8001"}, True),
        ({"AUTHORIZE_HOST": "open.weixin.qq.com.example"}, True),
    ],
)
def test_with_a_host_that_is_not_wechats_own_the_bridge_counts_as_simulated(
    tmp_path: Path, hosts: dict[str, str], *, simulated: bool
) -> None:
    assert read(tmp_path, **with_(**hosts)).simulated is simulated


def test_a_host_without_a_scheme_gets_https(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(API_HOSTS="sz.api.weixin.qq.com"))
    assert settings.api_hosts == ("https://sz.api.weixin.qq.com",)


def test_certificates_in_pem_form_are_taken(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert read(tmp_path, **with_(CA_FILE="ca.pem")).ca_file == tmp_path / "ca.pem"
