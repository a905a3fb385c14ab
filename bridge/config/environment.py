"""Settings in the environment, and in the files that it names."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_origin

from bridge.config.errors import BadSettings
from bridge.config.names import setting_of, type_of
from bridge.config.toml_file import read_text

# Kubernetes gives every pod BRIDGE_PORT… and BRIDGE_SERVICE_… when a service is called "bridge".
_NOT_OURS = re.compile(r"BRIDGE_(?:CONFIG|PORT|(?:PORT|SERVICE)_.*)", re.DOTALL)


def settings_of(environ: Mapping[str, str], directory: Path) -> Iterator[tuple[str, object, str]]:
    """Each setting's dotted name, its value, and where that comes from; raises BadSettings."""
    for variable in sorted(environ):
        if not variable.startswith("BRIDGE_") or _NOT_OURS.fullmatch(variable):
            continue
        name, plain = setting_of(variable)
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
        yield name, _value(text, type_of(name), separator), source


def _read_named(path: str, source: str, directory: Path) -> str:
    if not path.strip():
        raise BadSettings(f"{source} cannot be read: the variable is empty")
    return read_text(directory / path, source).rstrip()


def _value(text: str, type_: object, separator: str) -> object:
    """What a text stands for; one that does not fit is left for the check to refuse."""
    if type_ is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if get_origin(type_) in {tuple, dict}:
        return [item.strip() for item in text.split(separator) if item.strip()]
    return text
