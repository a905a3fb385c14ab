"""The settings by name: where each may be written, and of which type it is.

A member of a table has a dotted name. Of several applications the first is ``wechat``, the second
``wechat.2``, and so on: ``wechat.2.client_id`` is BRIDGE_WECHAT_2_CLIENT_ID in the environment.
"""

import re
from collections.abc import Iterable

from bridge.config.errors import BadSettings, nearest
from bridge.config.rate_limits import RateLimits
from bridge.config.settings import Settings
from bridge.config.tables import Registration, WeChatApplication

SETTINGS = Settings.model_fields
# Settings that are tables, with their members and as they are written in the file.
TABLES = {
    "wechat": WeChatApplication.model_fields,
    "registration": Registration.model_fields,
    "rate_limits": RateLimits.model_fields,
}
# Of each of these there is one.
SINGLE_TABLES = tuple(name for name in TABLES if name != "wechat")
WRITTEN = {"wechat": "[[wechat]]"} | {name: f"[{name}]" for name in SINGLE_TABLES}

# A list of tables with keys of their own, in the file only
CLIENTS = "client"

# Dotted names of all that is a single value, with their types.
_TYPES = {
    name: field.annotation
    for name, field in SETTINGS.items()
    if name not in TABLES and name != CLIENTS
} | {
    f"{table}.{name}": field.annotation
    for table, members in TABLES.items()
    for name, field in members.items()
}
_VARIABLES = {f"BRIDGE_{name.replace('.', '_').upper()}": name for name in _TYPES}

MOST_APPLICATIONS = 99

# One of several applications, in a variable or in a dotted name
_FURTHER = re.compile(r"(?P<table>BRIDGE_WECHAT_|wechat\.)(?P<number>[1-9][0-9]?)[_.]")


def application_name(position: int) -> str:
    """The first part of the names of one application's settings; the first is at 0."""
    return "wechat" if position == 0 else f"wechat.{position + 1}"


def type_of(name: str) -> object:
    return _TYPES[_FURTHER.sub(r"\g<table>", name)]


def place_of(name: str) -> tuple[str, int, str]:
    """Where a dotted name belongs: its table ('' for none), the position in it, its key there."""
    further = _FURTHER.match(name)
    where, _, key = name.rpartition(".")
    if further is None:
        return where, 0, key
    return "wechat", int(further["number"]) - 1, key


def setting_of(variable: str) -> tuple[str, str]:
    """The setting's name, and its variable without ``_FILE``; raises BadSettings."""
    further = _FURTHER.match(variable)
    number = int(further["number"]) if further else 1
    for plain in (variable, variable.removesuffix("_FILE")):
        known = _VARIABLES.get(_FURTHER.sub(r"\g<table>", plain))
        if known is not None and (further is None or number > 1):
            return known.replace("wechat", application_name(number - 1), 1), plain
    # Without what all have in common, or everything would be near.
    names = [name.removeprefix("BRIDGE_") for name in _VARIABLES]
    names += [f"{name}_FILE" for name in names]
    suggestion = nearest(variable.removeprefix("BRIDGE_"), names, prefix="BRIDGE_")
    raise BadSettings(f"environment: unknown variable {variable}{suggestion}")


def misplaced(key: str, found: str | None = None) -> str | None:
    """The end of a line about a setting that stands in the wrong place, or None."""
    for table, members in TABLES.items():
        if key in members:
            return f"{key} belongs under {WRITTEN[table]}; move it there"
    if found is not None and key in SETTINGS:
        return f"{key} does not belong to {WRITTEN[found]}; move it above"
    return None


def unknown(key: str, table: str | None = None) -> str:
    """The end of a line about a setting that there is not."""
    known: Iterable[str] = _TYPES if table is None else TABLES[table]
    where = "" if table is None else f" under {WRITTEN[table]}"
    return f"unknown setting {key}{where}{nearest(key.lower(), known)}"
