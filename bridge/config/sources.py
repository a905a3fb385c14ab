"""Where the operator writes settings down: a TOML file, the environment, and files it names.

A variable ``BRIDGE_X``, or the file named in ``BRIDGE_X_FILE``, stands above the same setting in
``bridge.toml``. Every value keeps its source until it is checked, so that an error can say which
of the three to correct. Nothing raised here carries a value, or a cause that does.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_origin

from pydantic import ValidationError

from bridge.config.errors import BadSettings, line, nearest
from bridge.config.settings import Settings
from bridge.config.tables import Registration, WeChatApplication

# Settings that are tables, with their members and as they are written in the file.
_TABLES = {"wechat": WeChatApplication.model_fields, "registration": Registration.model_fields}
_WRITTEN = {"wechat": "[[wechat]]", "registration": "[registration]"}

_SETTINGS = Settings.model_fields
# Dotted names of all that is a single value, with their types.
_TYPES = {name: field.annotation for name, field in _SETTINGS.items() if name not in _TABLES} | {
    f"{table}.{name}": field.annotation
    for table, members in _TABLES.items()
    for name, field in members.items()
}
_VARIABLES = {f"BRIDGE_{name.replace('.', '_').upper()}": name for name in _TYPES}

# Kubernetes gives every pod BRIDGE_PORT… and BRIDGE_SERVICE_… when a service is called "bridge".
_NOT_OURS = re.compile(r"BRIDGE_(?:CONFIG|PORT|(?:PORT|SERVICE)_.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Given:
    value: object
    source: str


def read_settings(
    config: Path | None, environ: Mapping[str, str], *, directory: Path = Path()
) -> Settings:
    """Read, merge and check.

    ``config`` is the TOML file, which must exist; None means ``bridge.toml`` if there is one.
    ``directory`` is what relative paths are relative to: the working directory. Raises
    ``BadSettings``.
    """
    file = str(config or "bridge.toml")
    table = _read_toml(directory / file, file, required=config is not None)
    given = _from_table(table, file) | _from_environment(environ, directory)
    # Under the empty name is what stands in no table.
    values: dict[str, dict[str, object]] = {name: {} for name in ("", *_TABLES)}
    for name, entry in given.items():
        where, _, key = name.rpartition(".")
        values[where][key] = entry.value
    tables = {"wechat": [values["wechat"]], "registration": values["registration"]}
    try:
        return Settings.model_validate(values[""] | tables, context={"directory": directory})
    except ValidationError as invalid:
        # Only the first: with one corrected, another may look different or be gone.
        problem = invalid.errors(include_url=False, include_input=False)[0]
    sources = {name: entry.source for name, entry in given.items()}
    raise BadSettings(line(problem, sources, file))


def _read_text(path: Path, source: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = error.strerror or "the system refuses"
    except UnicodeDecodeError:
        fault = "it is not UTF-8 text"
    raise BadSettings(f"{source} cannot be read: {fault}")


def _read_toml(path: Path, file: str, *, required: bool) -> dict[str, Any]:
    if not required and not _exists(path):
        return {}
    text = _read_text(path, file)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        last = len(text.splitlines())
        fault = str(error).replace("at end of document", f"at line {last}, the end of the file")
    raise BadSettings(f"{file} is not valid TOML: {fault}")


def _exists(path: Path) -> bool:
    """A file that cannot even be looked for is no absent file: reading it will tell why."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _from_table(table: dict[str, Any], file: str) -> dict[str, _Given]:
    for key in (key for key in table if key not in _SETTINGS):
        raise BadSettings(f"{file}: {_misplaced(key) or _unknown(key, _TYPES)}")
    given = {name: value for name, value in table.items() if name not in _TABLES}
    for name in (name for name in _TABLES if name in table):
        members = _application(table[name]) if name == "wechat" else _registration(table[name])
        if isinstance(members, str):
            raise BadSettings(f"{file}: {members}")
        for key in (key for key in members if key not in _TABLES[name]):
            fault = _misplaced(key, name) or _unknown(
                key, _TABLES[name], f" under {_WRITTEN[name]}"
            )
            raise BadSettings(f"{file}: {fault}")
        given |= {f"{name}.{key}": value for key, value in members.items()}
    return {name: _Given(value, f"from {file}") for name, value in given.items()}


def _misplaced(key: str, found: str | None = None) -> str | None:
    """The end of a line about a setting that stands in the wrong place, or None."""
    for table, members in _TABLES.items():
        if key in members:
            return f"{key} belongs under {_WRITTEN[table]}; move it there"
    if found is not None and key in _SETTINGS:
        return f"{key} does not belong to {_WRITTEN[found]}; move it above"
    return None


def _unknown(key: str, known: Iterable[str], where: str = "") -> str:
    return f"unknown setting {key}{where}{nearest(key.lower(), known)}"


def _application(tables: object) -> dict[str, object] | str:
    """The one application, or what is wrong."""
    if isinstance(tables, dict):
        return "wechat is a list of tables; write [[wechat]], in two brackets"
    entries = cast("list[object]", tables) if isinstance(tables, list) else [tables]
    if len(entries) > 1:
        return "one application is supported in this version; keep one [[wechat]]"
    for application in entries:
        if not isinstance(application, dict):
            return "wechat is no value; write [[wechat]] and lines below it"
        return cast("dict[str, object]", application)
    return {}


def _registration(table: object) -> dict[str, object] | str:
    if isinstance(table, dict):
        return cast("dict[str, object]", table)
    if isinstance(table, list) and table:
        return "registration is one table; write [registration], in one bracket"
    return "registration is no value; write [registration] and lines below it"


def _from_environment(environ: Mapping[str, str], directory: Path) -> dict[str, _Given]:
    given: dict[str, _Given] = {}
    for variable in sorted(environ):
        if not variable.startswith("BRIDGE_") or _NOT_OURS.fullmatch(variable):
            continue
        name, plain = _setting_of(variable)
        if variable == plain:
            source, text, separator = variable, environ[variable], ","
        elif plain in environ:
            raise BadSettings(f"{name}: both {plain} and {variable} are set; remove one of them")
        else:
            # The path is not repeated: people put the secret itself there.
            source, separator = f"the file named in {variable}", "\n"
            text = _read_named(environ[variable], f"{name}: {source}", directory)
        if not text.strip():
            raise BadSettings(f"{name}: {source} is empty; give it a value, or remove {variable}")
        given[name] = _Given(_value(text, _TYPES[name], separator), f"from {source}")
    return given


def _read_named(path: str, source: str, directory: Path) -> str:
    if not path.strip():
        raise BadSettings(f"{source} cannot be read: the variable is empty")
    return _read_text(directory / path, source).rstrip()


def _setting_of(variable: str) -> tuple[str, str]:
    """The setting's name, and its variable without ``_FILE``."""
    for plain in (variable, variable.removesuffix("_FILE")):
        if plain in _VARIABLES:
            return _VARIABLES[plain], plain
    # Without what all have in common, or everything would be near.
    known = [name.removeprefix("BRIDGE_") for name in _VARIABLES]
    known += [f"{name}_FILE" for name in known]
    suggestion = nearest(variable.removeprefix("BRIDGE_"), known, prefix="BRIDGE_")
    raise BadSettings(f"environment: unknown variable {variable}{suggestion}")


def _value(text: str, type_: object, separator: str) -> object:
    """What a text stands for; one that does not fit is left for the check to refuse."""
    if type_ is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if get_origin(type_) is tuple:
        return [item.strip() for item in text.split(separator) if item.strip()]
    return text
