"""What the operator is told when settings cannot be used: one line, and no secret in it."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from bridge.config.contradiction import Contradiction
from bridge.config.values import MAKE_A_SECRET

# What pydantic says is for developers; these are for the operator.
_PLAIN = {
    "int_type": "must be a whole number of seconds",
    "string_type": "must be text",
    "bytes_type": "must be text, in UTF-8",
    "string_unicode": "must be text, in UTF-8",
    "path_type": "must be a path",
    "tuple_type": "must be a list of texts",
    "too_short": "must hold at least one",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}


class BadSettings(Exception):
    """The settings cannot be used. Its text is one line for the operator, without any secret."""

    def __init__(self, line: str) -> None:
        # A name in a file or in the environment may hold a line break or a terminal's escape.
        super().__init__(line if line.isprintable() else line.encode("unicode_escape").decode())


def nearest(word: str, known: Iterable[str], *, prefix: str = "") -> str:
    """The end of a line about an unknown word: what was meant, if one of ``known`` is near."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {prefix}{close[0]}?" if close else "; see docs/configuration.md"


def line(problem: ErrorDetails, sources: Mapping[str, str], file: str) -> str:
    """The line for one of pydantic's errors; ``sources`` are in words, by dotted name."""
    context = problem.get("ctx", {})
    error = context.get("error")
    if isinstance(error, Contradiction):
        both = (
            f"{name} is {seconds} ({sources.get(name, 'by default')})"
            for name, seconds in error.seconds.items()
        )
        return "; ".join(filter(None, (str(error), ", ".join(both))))
    name, item = _named(problem["loc"])
    if problem["type"] == "missing":
        return _missing(name, file)
    plain = _PLAIN.get(problem["type"])
    fault = plain.format_map(context) if plain else problem["msg"]
    # Of a table as a whole there is no one source.
    source = "" if name == "wechat" else f" ({sources.get(name, 'by default')})"
    if problem["loc"][0] == "client":
        source = f" (from {file})"
    return f"{name}{source}: {item}{fault}"


def _named(loc: tuple[int | str, ...]) -> tuple[str, str]:
    """The setting's dotted name, and which item of it if it is a list, as people count."""
    last = loc[-1]
    item = f"number {last + 1} " if isinstance(last, int) else ""
    parts = [str(part) for part in loc if isinstance(part, str)]
    match loc:
        case ("wechat", int(position), _, *_) if position > 0:
            parts.insert(1, str(position + 1))
        case ("client", int(position), *_):
            parts.insert(1, str(position + 1))
            item = ""
        case _:
            pass
    return ".".join(parts), item


def _missing(name: str, file: str) -> str:
    table, _, key = name.rpartition(".")
    if table.startswith("client."):
        return f"{name} is missing: every [[client]] in {file} has a {key}"
    number = table.removeprefix("wechat").replace(".", " number ")
    where = f"{key} under [[wechat]]{number} in {file}" if table else f"{key} in {file}"
    variable = f"BRIDGE_{name.replace('.', '_').upper()}"
    made = f"; make one with {MAKE_A_SECRET}" if name == "secrets" else ""
    return f"{name} is missing: set {where}, or {variable} in the environment{made}"
