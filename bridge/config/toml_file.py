"""Settings in a TOML file."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from bridge.config.declared import secret_files
from bridge.config.errors import BadSettings
from bridge.config.names import (
    CLIENTS,
    MOST_APPLICATIONS,
    SETTINGS,
    SINGLE_TABLES,
    TABLES,
    application_name,
    misplaced,
    unknown,
)


def read_text(path: Path, source: str) -> str:
    """Return a file's text; raise BadSettings, which names it as ``source``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = error.strerror or "the system refuses"
    except UnicodeDecodeError:
        fault = "it is not UTF-8 text"
    raise BadSettings(f"{source} cannot be read: {fault}")


def settings_in(directory: Path, file: str, *, required: bool) -> dict[str, object]:
    """Return the file's values by dotted name; raise BadSettings, which names it as ``file``."""
    table = _read_toml(directory / file, file, required=required)
    for key in (key for key in table if key not in SETTINGS):
        raise BadSettings(f"{file}: {misplaced(key) or unknown(key)}")
    given = {name: value for name, value in table.items() if name not in TABLES}
    if CLIENTS in table:
        clients = enumerate(_list_of_tables(CLIENTS, table[CLIENTS], file), 1)
        given[CLIENTS] = [_with_secrets(client, number, directory) for number, client in clients]
    for name, where, members in _tables(table, file):
        for key in (key for key in members if key not in TABLES[name]):
            raise BadSettings(f"{file}: {misplaced(key, name) or unknown(key, name)}")
        given |= {f"{where}.{key}": value for key, value in members.items()}
    return given


def _read_toml(path: Path, file: str, *, required: bool) -> dict[str, Any]:
    if not required and not _exists(path):
        return {}
    text = read_text(path, file)
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


def _tables(table: dict[str, Any], file: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The tables that are there: name, the first part of its settings' names, members."""
    if "wechat" in table:
        applications = _list_of_tables("wechat", table["wechat"], file)
        if len(applications) > MOST_APPLICATIONS:
            raise BadSettings(f"{file}: there are more than {MOST_APPLICATIONS} [[wechat]]")
        for position, application in enumerate(applications):
            yield "wechat", application_name(position), application
    for name in SINGLE_TABLES:
        if name in table:
            yield name, name, _single(name, table[name], file)


def _list_of_tables(name: str, tables: object, file: str) -> list[dict[str, object]]:
    if isinstance(tables, dict):
        raise BadSettings(f"{file}: {name} is a list of tables; write [[{name}]], in two brackets")
    entries = cast("list[object]", tables) if isinstance(tables, list) else [tables]
    if not all(isinstance(entry, dict) for entry in entries):
        raise BadSettings(f"{file}: {name} is no value; write [[{name}]] and lines below it")
    return cast("list[dict[str, object]]", entries)


def _with_secrets(client: dict[str, object], number: int, directory: Path) -> dict[str, object]:
    """One client with its secrets, also those that it keeps in files."""
    members = dict(client)
    for name, file in secret_files(client).items():
        where = f"{CLIENTS}.{number}.{name}"
        if name in client:
            raise BadSettings(f"{where}: {name} and {name}_file are both set; remove one of them")
        if not isinstance(file, str):
            raise BadSettings(f"{where}_file: must be a path")
        members[name] = read_text(directory / file, f"{where}: the file named there").rstrip()
        del members[f"{name}_file"]
    return members


def _single(name: str, table: object, file: str) -> dict[str, object]:
    if isinstance(table, dict):
        return cast("dict[str, object]", table)
    if isinstance(table, list) and table:
        fault = f"{name} is one table; write [{name}], in one bracket"
    else:
        fault = f"{name} is no value; write [{name}] and lines below it"
    raise BadSettings(f"{file}: {fault}")
