"""A line of the log, for a program to read or for a person.

Our own events and what libraries say go through the same formatter. Whatever comes from outside
is escaped, so that a line is always one line. Of a library's message the first line is kept, and
of an exception its type and its places: the rest may repeat an address, a header or a value.
"""

import json
import logging
import re
from datetime import UTC, datetime

from bridge.telemetry.events import LONGEST_FIELD, Told, fields_in_text
from bridge.telemetry.places import places
from bridge.telemetry.request_id import request_id

LONGEST_MESSAGE = 500

# asyncio's messages go on with the representation of a task or a callback, its values with it.
REPRESENTATION = re.compile(r"[<(]")
ASYNCIO = "asyncio"

# ECMA-48: what terminals have understood for forty years
COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "31"}
LEVEL_WIDTH, NAME_WIDTH = 7, 24


class JsonLines(logging.Formatter):
    """One JSON object a line, ASCII: ``time``, ``level``, ``event`` and its fields.

    Where a library speaks there is ``logger`` and ``message`` in place of ``event``.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, str | int | float] = {"time": _time(record), "level": _level(record)}
        if isinstance(record.msg, Told):
            told["event"] = record.msg.event.value
        else:
            told |= {"logger": record.name, "message": foreign_message(record)}
        for name, value in _fields(record).items():
            # No field takes the place of what every line has.
            told.setdefault(name, value[:LONGEST_FIELD] if isinstance(value, str) else value)
        return json.dumps(told)


class TextLines(logging.Formatter):
    """A line for people: time in UTC, level, event or logger, and then the fields."""

    def __init__(self, *, in_colour: bool = False) -> None:
        super().__init__()
        self._in_colour = in_colour

    def format(self, record: logging.LogRecord) -> str:
        level = _level(record)
        if isinstance(record.msg, Told):
            name, said = record.msg.event.value, ""
        else:
            name, said = f"{_plain(record.name)}:", _plain(foreign_message(record))
        told = filter(None, (said, *fields_in_text(_fields(record))))
        level, name = f"{level:{LEVEL_WIDTH}}", f"{name:{NAME_WIDTH}}"
        if self._in_colour:
            level = f"\x1b[{COLOURS.get(level.strip(), '0')}m{level}\x1b[0m"
            name = f"\x1b[1m{name}\x1b[0m"
        return " ".join((_time(record), level, name, *told)).rstrip()


def foreign_message(record: logging.LogRecord) -> str:
    """Return the first line of what a library says, without the text of any exception."""
    if isinstance(record.args, tuple) and any(isinstance(a, BaseException) for a in record.args):
        record = logging.makeLogRecord(vars(record))
        record.args = tuple(
            type(argument).__name__ if isinstance(argument, BaseException) else argument
            for argument in record.args or ()
        )
    first = record.getMessage().partition("\n")[0]
    if record.name == ASYNCIO:
        first = REPRESENTATION.split(first)[0].rstrip()
    return first[:LONGEST_MESSAGE]


def _fields(record: logging.LogRecord) -> dict[str, str | int | float]:
    fields = dict(record.msg.fields) if isinstance(record.msg, Told) else _failure(record)
    known = request_id()
    return fields if known is None else fields | {"request_id": known}


def _failure(record: logging.LogRecord) -> dict[str, str | int | float]:
    failure = record.exc_info[1] if record.exc_info else None
    if failure is None:
        return {}
    return {"failure": type(failure).__name__, "at": places(failure)}


def _time(record: logging.LogRecord) -> str:
    """RFC 3339, in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(record: logging.LogRecord) -> str:
    return record.levelname.lower()


def _plain(text: str) -> str:
    """The text itself where a terminal prints it, else with what it would obey escaped."""
    return text if text.isascii() and text.isprintable() else json.dumps(text)[1:-1]
