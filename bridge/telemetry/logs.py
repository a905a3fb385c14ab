"""The log of a running process."""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

from bridge.telemetry.formats import JsonLines, TextLines

LogFormat = Literal["auto", "text", "json"]

# Each of them writes whole addresses or headers, at one level or another.
SILENCED = (
    "httpx",
    "httpx2",
    *(
        f"{package}.{module}"
        for package in ("httpcore", "httpcore2")
        for module in ("connection", "http11", "http2", "proxy", "socks")
    ),
    "aiohttp.access",
    "uvicorn.access",
)


def configure_logs(level: str, log_format: LogFormat = "auto") -> None:
    """Write to standard error from ``level`` on: debug, info, warning or error.

    Only our own events follow ``level``; other packages speak from warning on, and Python's own
    warnings are lines like all others.
    """
    silence(*SILENCED)
    _spare_what_no_line_says()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(log_format, sys.stderr, os.environ))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("bridge").setLevel(level.upper())


def _spare_what_no_line_says() -> None:
    """Thread, process, task and place in the code: found out, they are most of a line's price.

    https://docs.python.org/3/howto/logging.html#optimization
    """
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    if sys.version_info >= (3, 12):
        logging.logAsyncioTasks = False
    logging._srcfile = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the documented switch


def formatter(
    log_format: LogFormat, stream: TextIO, environ: Mapping[str, str]
) -> logging.Formatter:
    """Return who writes the lines; ``auto`` is text on a terminal, and JSON everywhere else.

    In colour on a terminal that knows colours, unless ``NO_COLOR`` is set (https://no-color.org).
    """
    is_terminal = stream.isatty()
    if log_format == "json" or (log_format == "auto" and not is_terminal):
        return JsonLines()
    wants_colour = not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"
    return TextLines(in_colour=is_terminal and wants_colour)


def silence(*names: str) -> None:
    """Let these loggers write nothing, whatever is configured later.

    A filter stays where ``logging.config`` sets levels, handlers and ``disabled`` anew. It does
    not reach a logger's children: each is named for itself.
    """
    for name in names:
        logging.getLogger(name).addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
