"""The name of a request, under which a person, the log and a trace speak of the same one.

It is a label and proves nothing: who asks may bring one of their own, as a reverse proxy does.
"""

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar

HEADER = b"x-request-id"

PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")

# 64 random bits: enough to tell apart whatever is still in a log
BYTES = 8

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """Return the name of the request that is being answered; None outside of one.

    What goes on in the background after an answer still has the name of its request.
    """
    return REQUEST_ID.get()


def named(headers: Iterable[tuple[bytes, bytes]], random_bytes: Callable[[int], bytes]) -> str:
    """Return the one ``X-Request-ID`` that was sent, if it is short and plain, or a new name."""
    sent = [value for name, value in headers if name == HEADER]
    if len(sent) == 1 and PLAIN.fullmatch(sent[0]):
        return sent[0].decode()
    return random_bytes(BYTES).hex()
