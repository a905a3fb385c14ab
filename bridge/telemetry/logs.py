"""The log of a running process."""

import logging
import sys

# Each of them writes whole addresses or headers, at one level or another.
SILENCED = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "aiohttp.access",
    "authlib",
    "uvicorn.access",
)

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logs(level: str) -> None:
    """Write to standard error from ``level`` on: debug, info, warning or error.

    Only our own events follow ``level``; other packages speak from warning on.
    """
    for name in SILENCED:
        logging.getLogger(name).disabled = True
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bridge").setLevel(level.upper())
