"""What the operator is told when settings cannot be used: one line, and no secret in it."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from bridge.config.settings import Contradiction
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
        return f"{error}; {', '.join(both)}"
    name = ".".join(part for part in problem["loc"] if isinstance(part, str))
    if problem["type"] == "missing":
        return _missing(name, file)
    # An item of a list, counted as people count.
    last = problem["loc"][-1]
    item = f"number {last + 1} " if isinstance(last, int) else ""
    plain = _PLAIN.get(problem["type"])
    fault = plain.format_map(context) if plain else problem["msg"]
    return f"{name} ({sources.get(name, 'by default')}): {item}{fault}"


def _missing(name: str, file: str) -> str:
    key = name.removeprefix("wechat.")
    where = f"{key} under [[wechat]] in {file}" if key != name else f"{key} in {file}"
    variable = f"BRIDGE_{name.replace('.', '_').upper()}"
    made = f"; make one with {MAKE_A_SECRET}" if name == "secrets" else ""
    return f"{name} is missing: set {where}, or {variable} in the environment{made}"
