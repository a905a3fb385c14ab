"""Where settings come from."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from bridge.config import Settings, read_settings
from tests.config.examples import APP_SECRET, GOOD, GOOD_FILE, SECRET, read, with_, without


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    settings = read(tmp_path, **GOOD)
    assert settings.issuer == "https://id.example.com"
    assert settings.secret_values == (SECRET.encode(),)
    assert settings.wechat[0].client_id == "wx0123456789abcdef"
    assert settings.wechat[0].client_secret.get_secret_value() == APP_SECRET


def test_a_file_alone_is_enough_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read(tmp_path, GOOD_FILE) == read(tmp_path / "empty", **GOOD)


def test_a_file_in_utf_8_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + GOOD_FILE).issuer == "https://id.example.com"


def test_the_option_names_another_file(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text("nonsense", encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(GOOD_FILE, encoding="utf-8")
    assert read_settings(other, {}, directory=tmp_path).issuer == "https://id.example.com"


def test_a_variable_wins_over_the_file_setting_by_setting(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        GOOD_FILE.replace("[[wechat]]", '[[wechat]]\nplatform_account = "second"'),
        BRIDGE_ISSUER="https://other.example.com",
        BRIDGE_WECHAT_SCOPE="snsapi_base",
    )
    assert settings.issuer == "https://other.example.com"
    assert settings.secret_values == (SECRET.encode(),)
    assert settings.wechat[0].scope == "snsapi_base"
    assert settings.wechat[0].platform_account == "second"


def test_a_file_that_a_variable_names_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-app-secret \r\n\n", encoding="utf-8")
    settings = read(tmp_path, GOOD_FILE, BRIDGE_WECHAT_CLIENT_SECRET_FILE="secret")
    assert settings.wechat[0].client_secret.get_secret_value() == "another-app-secret"


def test_a_bad_value_that_is_overridden_does_not_matter(tmp_path: Path) -> None:
    bad = GOOD_FILE.replace("https://id", "ftp://id")
    assert read(tmp_path, bad, BRIDGE_ISSUER="https://a.example").issuer == "https://a.example"


def test_lists_are_separated_by_commas_and_in_a_named_file_one_a_line(tmp_path: Path) -> None:
    second = SECRET[::-1]
    (tmp_path / "secrets").write_text(f"{SECRET}\r\n\r\n  {second}\r\n", encoding="utf-8")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": "secrets"}
    both = (SECRET.encode(), second.encode())
    assert read(tmp_path, **environ).secret_values == both
    assert read(tmp_path, **with_(SECRETS=f"{SECRET}, {second},")).secret_values == both


def test_a_number_is_written_in_digits(tmp_path: Path) -> None:
    assert read(tmp_path, **with_(ID_TOKEN_LIFETIME="600")).id_token_lifetime == 600


@pytest.mark.parametrize(
    "name", ["BRIDGE_CONFIG", "BRIDGE_PORT", "BRIDGE_PORT_8000_TCP", "BRIDGE_SERVICE_HOST", "HOME"]
)
def test_variables_of_others_are_left_alone(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, **GOOD, **{name: "tcp://10.0.0.1:8000"}) == read(tmp_path, **GOOD)


@pytest.mark.parametrize("shown", [repr, str, Settings.model_dump_json])
def test_the_text_of_settings_shows_no_secret(
    shown: Callable[[Settings], str], tmp_path: Path
) -> None:
    text = shown(read(tmp_path, **GOOD))
    assert "id.example.com" in text
    assert SECRET not in text
    assert APP_SECRET not in text


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        read(tmp_path, **GOOD).issuer = "https://other.example"
