"""The table ``[rate_limits]``."""

from pathlib import Path

import pytest

from bridge.limiting import Limit
from tests.config.examples import GOOD, GOOD_FILE, complaint, read, with_

PAGES_OF_FILE = "rate_limits.pages_per_address (from bridge.toml)"
URL = "redis://:pass-of-redis@cache.internal/2"


def test_everything_has_a_limit_by_default_and_is_counted_in_memory(tmp_path: Path) -> None:
    limits = read(tmp_path, **GOOD).rate_limits
    assert set(limits.rates) == set(Limit)
    assert limits.counted_in.kind == "memory"


def test_it_is_a_table_of_the_file_and_each_may_come_from_the_environment(tmp_path: Path) -> None:
    file = f'{GOOD_FILE}[rate_limits]\nstorage = "{URL}"\npages_per_address = "10 per 2 hours"\n'
    environ = {"BRIDGE_RATE_LIMITS_REGISTRATIONS_PER_ADDRESS": "off"}
    limits = read(tmp_path, file, **environ).rate_limits
    assert limits.counted_in.url == "redis://:pass-of-redis@cache.internal:6379/2"
    assert limits.rates[Limit.PAGES].seconds == 7_200
    assert Limit.REGISTRATIONS not in limits.rates


def test_a_password_may_be_in_a_file_and_no_text_of_the_settings_shows_it(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text(f"{URL}\n", encoding="utf-8")
    settings = read(tmp_path, **with_(RATE_LIMITS_STORAGE_FILE="redis"))
    assert settings.rate_limits.counted_in.kind == "redis"
    shown = f"{settings} {settings!r} {settings.model_dump_json()} {settings.rate_limits}"
    assert "pass-of-redis" not in f"{shown} {settings.rate_limits.counted_in}"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("pages_per_address", "many", 'must be written like "600/minute"'),
        ("pages_per_address", "0/minute", "must allow from 1 to 1000000"),
        ("client_failures_per_client", "5/month", "must be for a day at most"),
        ("storage", "postgresql://me:pass-of-redis@host/", "must be memory, or redis:// or redi"),
    ],
)
def test_a_bad_value_is_told_and_not_repeated(
    tmp_path: Path, name: str, value: str, fault: str
) -> None:
    variable = f"BRIDGE_RATE_LIMITS_{name.upper()}"
    line = complaint(None, GOOD | {variable: value}, tmp_path)
    assert line.startswith(f"rate_limits.{name} (from {variable}): {fault}")
    assert "pass-of-redis" not in line


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            "[rate_limits]\npages_per_address = 600",
            f'{PAGES_OF_FILE}: must be text, such as "600/minute", or "off"',
        ),
        ("[rate_limits]\nstorage = 1", "rate_limits.storage (from bridge.toml): must be text"),
        (
            "[rate_limits]\npages = 'off'",
            "bridge.toml: unknown setting pages under [rate_limits]; see docs/configuration.md",
        ),
        (
            "[[rate_limits]]\n",
            "bridge.toml: rate_limits is one table; write [rate_limits], in one bracket",
        ),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, table: str, line: str) -> None:
    (tmp_path / "bridge.toml").write_text(f"{GOOD_FILE}{table}", encoding="utf-8")
    assert complaint(None, {}, tmp_path) == line
