"""The log of a running process."""

import logging
import sys

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

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logs(level: str) -> None:
    """Write to standard error from ``level`` on: debug, info, warning or error.

    Only our own events follow ``level``; other packages speak from warning on.
    """
    silence(*SILENCED)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bridge").setLevel(level.upper())


def silence(*names: str) -> None:
    """Let these loggers write nothing, whatever is configured later.

    A filter stays where ``logging.config`` sets levels, handlers and ``disabled`` anew. It does
    not reach a logger's children: each is named for itself.
    """
    for name in names:
        logging.getLogger(name).addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
