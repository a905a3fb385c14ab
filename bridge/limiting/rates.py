"""How often, and where that is counted, as the operator writes it.

The notation is that of the library ``limits``, without its lists, months and years. To import the
library takes as long as to import all of our endpoints. Errors are the end of a sentence that
begins with the setting's name, and never repeat the value.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

OFF = "off"

MOST = 1_000_000
LONGEST = 86_400

REDIS_PORT = 6379

_RATE = re.compile(
    r"([0-9]{1,9})\s*(?:/|per)\s*([1-9][0-9]{0,4})?\s*(second|minute|hour|day|month|year)s?",
    re.IGNORECASE,
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    amount: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Where is counted; ``url`` holds a password perhaps, ``shown`` never does."""

    kind: Literal["memory", "redis"]
    url: str = ""
    shown: str = "memory"

    def __repr__(self) -> str:
        return f"Storage({self.shown!r})"


def read_rate(text: str) -> Rate | None:
    """Return what ``6000/minute`` stands for; None for ``off``. Raises ValueError."""
    written = text.strip()
    if written.lower() == OFF:
        return None
    fault = 'must be written like "600/minute" or "10/2 hours", or be "off"'
    parts = _RATE.fullmatch(written)
    if parts is None:
        raise ValueError(fault)
    amount, times, unit = parts.groups()
    if not 1 <= int(amount) <= MOST:
        raise ValueError(f'must allow from 1 to {MOST}; "off" takes the limit away')
    seconds = int(times or 1) * _SECONDS.get(unit.lower(), LONGEST + 1)
    if seconds > LONGEST:
        raise ValueError("must be for a day at most")
    return Rate(int(amount), seconds)


def read_storage(text: str) -> Storage:
    """Return what ``memory`` or ``redis://…`` stands for; raise ValueError."""
    if text == "memory":
        return Storage("memory")
    fault = (
        "must be memory, or redis:// or rediss:// with a host, and a port and /number if need be"
    )
    try:
        url = urlsplit(text)
        port = url.port or REDIS_PORT
    except ValueError:
        raise ValueError(fault) from None
    is_plain = text.isprintable() and not {" ", ",", "?", "#"} & set(text)
    is_database = re.fullmatch(r"(?:/[0-9]{0,5})?", url.path)
    if not (url.scheme in {"redis", "rediss"} and url.hostname and is_plain and is_database):
        raise ValueError(fault)
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    where = f"{host}:{port}{url.path}"
    user, at, _ = url.netloc.rpartition("@")
    return Storage("redis", f"{url.scheme}://{user}{at}{where}", f"{url.scheme}://{where}")
