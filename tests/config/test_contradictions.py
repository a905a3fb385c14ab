"""Settings that contradict one another."""

from pathlib import Path

import pytest

from tests.config.examples import complaint, read, with_


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"KEY_ANNOUNCED": "3599"},
            (
                "key_announced must be at least jwks_max_age: "
                "caches must learn a key before it signs; "
                "key_announced is 3599 (from BRIDGE_KEY_ANNOUNCED), "
                "jwks_max_age is 3600 (by default)"
            ),
        ),
        (
            {"KEY_PUBLISHED_ON": "3600", "ID_TOKEN_LIFETIME": "3601"},
            "key_published_on must be at least id_token_lifetime: ",
        ),
        (
            {"KEY_PUBLISHED_ON": "3600", "ACCESS_TOKEN_LIFETIME": "3601"},
            "key_published_on must be at least access_token_lifetime: ",
        ),
        (
            {"KEY_PUBLISHED_ON": "3600", "JWKS_MAX_AGE": "3601"},
            "key_published_on must be at least jwks_max_age: ",
        ),
        (
            {"KEYS": "database", "KEY_ANNOUNCED": "3689"},
            (
                "key_announced must be at least jwks_max_age, keys_read_every and 60 together: "
                "caches must learn a key before it signs, and nodes differ by that much; "
                "key_announced is 3689 (from BRIDGE_KEY_ANNOUNCED), "
                "jwks_max_age is 3600 (by default), keys_read_every is 30 (by default)"
            ),
        ),
        (
            {"KEYS": "database", "KEY_PUBLISHED_ON": "3719", "KEYS_READ_EVERY": "60"},
            "key_published_on must be at least id_token_lifetime, keys_read_every and 60 together",
        ),
        (
            {"KEYS": "database", "JWKS_MAX_AGE": "29"},
            "jwks_max_age must be at least keys_read_every: nodes must be no slower than caches; ",
        ),
        (
            {"KEY_ANNOUNCED": "86400", "KEY_ACTIVE": "86400"},
            "key_announced must be less than key_active: ",
        ),
        (
            {"REFRESH_TOKEN_LIFETIME": "3600", "REFRESH_TOKEN_IDLE_LIFETIME": "3601"},
            "refresh_token_lifetime must be at least refresh_token_idle_lifetime: ",
        ),
        (
            {"WECHAT_CONNECT_TIMEOUT": "11"},
            "wechat_total_timeout must be at least wechat_connect_timeout: ",
        ),
        (
            {"WECHAT_TOTAL_TIMEOUT": "4"},
            "wechat_total_timeout must be at least wechat_answer_timeout: ",
        ),
    ],
)
def test_settings_that_contradict_one_another_are_told_with_both_values_and_sources(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    told = complaint(None, with_(**environ), tmp_path)
    assert told.startswith(line)
    given = {name: value for name, value in environ.items() if name != "KEYS"}
    assert all(f"is {value} (from BRIDGE_{name})" in told for name, value in given.items())


@pytest.mark.parametrize(
    "environ",
    [
        {"KEY_ANNOUNCED": "3600"},
        {"KEY_PUBLISHED_ON": "3600"},
        {"KEYS": "database", "KEY_ANNOUNCED": "3690", "KEY_PUBLISHED_ON": "3690"},
        {"KEY_ANNOUNCED": "86399", "KEY_ACTIVE": "86400"},
        {"WECHAT_TOTAL_TIMEOUT": "5"},
        {"REFRESH_TOKEN_LIFETIME": "2592000"},
        {"WECHAT_TOTAL_TIMEOUT": "3", "WECHAT_ANSWER_TIMEOUT": "3"},
    ],
)
def test_settings_that_just_fit_are_taken(tmp_path: Path, environ: dict[str, str]) -> None:
    assert read(tmp_path, **with_(**environ)).jwks_max_age == 3600
