"""Where the operator writes settings down: a TOML file, the environment, and files it names.

A variable ``BRIDGE_X``, or the file named in ``BRIDGE_X_FILE``, stands above the same setting in
``bridge.toml``. Every value keeps its source until it is checked, so that an error can say which
of the three to correct. Nothing raised here carries a value, or a cause that does.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from bridge.config.database import Database
from bridge.config.environment import settings_of
from bridge.config.errors import BadSettings, line
from bridge.config.names import SINGLE_TABLES, application_name, place_of
from bridge.config.settings import Settings
from bridge.config.toml_file import settings_in

_DATABASE: TypeAdapter[SecretStr] = TypeAdapter(Database)


def read_settings(
    config: Path | None, environ: Mapping[str, str], *, directory: Path = Path()
) -> Settings:
    """Read, merge and check.

    ``config`` is the TOML file, which must exist; None means ``bridge.toml`` if there is one.
    ``directory`` is what relative paths are relative to: the working directory. Raises
    ``BadSettings``.
    """
    file = str(config or "bridge.toml")
    given = settings_in(directory, file, required=config is not None)
    sources = dict.fromkeys(given, f"from {file}")
    for name, value, source in settings_of(environ, directory):
        given[name], sources[name] = value, f"from {source}"
    try:
        return Settings.model_validate(_nested(given, sources), context={"directory": directory})
    except ValidationError as invalid:
        # Only the first: with one corrected, another may look different or be gone.
        problem = invalid.errors(include_url=False, include_input=False)[0]
    raise BadSettings(line(problem, sources, file))


def _nested(given: Mapping[str, object], sources: Mapping[str, str]) -> dict[str, object]:
    """The settings as the model has them, from their dotted names."""
    values: dict[str, object] = {}
    tables: dict[str, dict[str, object]] = {name: {} for name in SINGLE_TABLES}
    applications: dict[int, dict[str, object]] = {0: {}}
    for name, value in given.items():
        table, position, key = place_of(name)
        if table == "wechat":
            applications.setdefault(position, {})[key] = value
        else:
            (tables[table] if table else values)[key] = value
    for position in sorted(applications):
        if position and position - 1 not in applications:
            source = next(sources[name] for name in given if place_of(name)[1] == position)
            missing = application_name(position - 1)
            raise BadSettings(
                f"{application_name(position)} ({source}): there is no {missing} before it"
            )
    wechat = [applications[position] for position in sorted(applications)]
    return values | tables | {"wechat": wechat}


def with_database(settings: Settings, address: str, *, directory: Path = Path()) -> Settings:
    """Return the same settings with another database; raise BadSettings."""
    try:
        database = _DATABASE.validate_python(address, context={"directory": directory})
    except ValidationError as invalid:
        problem = invalid.errors(include_url=False, include_input=False)[0]
    else:
        return settings.model_copy(update={"database": database})
    raise BadSettings(f"the other database: {problem.get('ctx', {}).get('error', problem['msg'])}")
