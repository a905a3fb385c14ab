"""From the files in ``consumers/`` to presets."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final, cast

from bridge.presets.errors import UnfitPreset
from bridge.presets.preset import Preset, Variable

_SUFFIX: Final = ".toml"


def _consumers() -> Traversable:
    return files("bridge.presets") / "consumers"


@cache
def preset_names() -> tuple[str, ...]:
    """Return what there is a preset for, in the order of the alphabet."""
    found = (file.name for file in _consumers().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


@cache
def preset(name: str) -> Preset:
    """Return the preset of this name; raise UnfitPreset, which names those that are like it."""
    if name not in preset_names():
        near = get_close_matches(name.lower(), preset_names(), n=3, cutoff=0.5)
        meant = f": did you mean {' or '.join(near)}?" if near else ";"
        raise UnfitPreset(
            f"there is no preset {name!r}{meant} wechat-oidc client presets lists them all"
        )
    return _read(name, tomllib.loads((_consumers() / f"{name}{_SUFFIX}").read_text("utf-8")))


def _read(name: str, table: Mapping[str, Any]) -> Preset:
    return Preset(
        name=name,
        consumer=table["consumer"],
        manual=table["manual"],
        known_from=table["known_from"],
        url=table.get("url"),
        authentication=table.get("authentication", "client_secret_basic"),
        pkce=table.get("pkce", False),
        is_library=table.get("is_library", False),
        variables=MappingProxyType(
            {
                variable: Variable(name=variable, **_frozen(described))
                for variable, described in table.get("variables", {}).items()
            }
        ),
        members=MappingProxyType(_frozen(table["client"])),
        settings=table["settings"],
    )


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a client are tuples where TOML has lists."""
    return {name: _value(name, value) for name, value in table.items()}


def _value(name: str, value: object) -> object:
    if isinstance(value, list):
        return tuple(cast("list[object]", value))
    if name == "choices":
        choices = cast("Mapping[str, Mapping[str, Any]]", value)
        return {choice: _frozen(members) for choice, members in choices.items()}
    return value
