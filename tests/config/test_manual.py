"""The manual and the settings say the same."""

import re
import tomllib
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bridge.config import RateLimits, Registration, Settings, WeChatApplication, read_settings
from tests.config.examples import APP_SECRET, MANUAL, SECRET, complaint


def paragraphs() -> dict[str, str]:
    """Heading of a setting → what stands below it."""
    parts = re.split(r"^#+ (.*)$", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        heading.strip("`"): text
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
        if heading.startswith("`")
    }


TABLES: dict[str, dict[str, FieldInfo]] = {
    "wechat": WeChatApplication.model_fields,
    "registration": Registration.model_fields,
    "rate_limits": RateLimits.model_fields,
}
TABLES["client"] = {}  # its keys are a command's options
FIELDS = dict(Settings.model_fields) | {
    f"{table}.{name}": field for table, fields in TABLES.items() for name, field in fields.items()
}


def test_the_manual_has_a_heading_for_each_setting_and_no_other() -> None:
    assert sorted(paragraphs()) == sorted(FIELDS)


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - TABLES.keys()))
def test_the_manual_gives_each_setting_its_variable_and_its_default(name: str) -> None:
    first = paragraphs()[name].split("\n\n")[1]
    assert f"`BRIDGE_{name.upper().replace('.', '_')}`" in first
    default = FIELDS[name].get_default()
    if FIELDS[name].is_required():
        assert "no default" in first
    elif default is None:
        assert "default: " in first
    else:
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        values = cast("tuple[object, ...]", default if isinstance(default, tuple) else (default,))
        assert all(f"`{value}`" in first for value in values)


@pytest.mark.parametrize(
    ("language", "source"), [("toml", "bridge.toml"), ("sh", "the file named in X")]
)
def test_the_examples_of_the_manual_are_good_but_for_their_secrets(
    tmp_path: Path, language: str, source: str
) -> None:
    example = MANUAL.read_text(encoding="utf-8").split(f"```{language}\n")[1].split("```")[0]
    environ: dict[str, str] = {}
    if source == "bridge.toml":
        (tmp_path / source).write_text(example, encoding="utf-8")
        secret = tomllib.loads(example)["secrets"][0]
        refused = complaint(None, environ, tmp_path)
        assert refused.startswith("secrets (from bridge.toml): number 1 is the example")
        (tmp_path / source).write_text(example.replace(secret, SECRET), encoding="utf-8")
    else:
        environ |= dict(re.findall(r"^export (\w+)=(.*)$", example, flags=re.MULTILINE))
        for variable, text in (("SECRETS", SECRET), ("WECHAT_CLIENT_SECRET", APP_SECRET)):
            assert environ[f"BRIDGE_{variable}_FILE"].startswith("/run/secrets/")
            (tmp_path / variable).write_text(f"{text}\n", encoding="utf-8")
            environ[f"BRIDGE_{variable}_FILE"] = variable
    settings = read_settings(None, environ, directory=tmp_path)
    assert settings.issuer == "https://id.example.com"
    assert settings.wechat[0].client_id == "wx0123456789abcdef"
    assert settings.sqlite_path == Path("/var/lib/wechat-oidc/bridge.db")
