"""Good settings, and how to read them or be told what is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.config import BadSettings, Settings, read_settings

MANUAL = Path(__file__).parents[2] / "docs" / "configuration.md"
SECRET = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"
APP_SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"
HOW = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(32))"'

AN_APPID = "must be an AppID: wx and 16 digits or letters from a to f, in lower case"

GOOD = {
    "BRIDGE_ISSUER": "https://id.example.com",
    "BRIDGE_SECRETS": SECRET,
    "BRIDGE_WECHAT_CLIENT_ID": "wx0123456789abcdef",
    "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET,
}
GOOD_FILE = f"""
issuer = "https://id.example.com"
secrets = ["{SECRET}"]
[[wechat]]
client_id = "wx0123456789abcdef"
client_secret = "{APP_SECRET}"
"""


def read(directory: Path, file: str | None = None, **environ: str) -> Settings:
    if file is not None:
        (directory / "bridge.toml").write_text(file, encoding="utf-8")
    return read_settings(None, environ, directory=directory)


def complaint(config: Path | None, environ: Mapping[str, str], directory: Path) -> str:
    """The one line, after what holds for every one of them."""
    with pytest.raises(BadSettings) as refused:
        read_settings(config, environ, directory=directory)
    line = str(refused.value)
    assert line.isprintable()
    assert SECRET not in line
    assert APP_SECRET not in line
    # A traceback would print these, and pydantic's errors hold the values.
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    return line


def with_(**environ: str) -> dict[str, str]:
    return GOOD | {f"BRIDGE_{name}": value for name, value in environ.items()}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}
